"""Innocent look-alike: children repeatedly call an old parent at length, and the parent sometimes calls the bank."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import call_from_abroad, call_from_residents
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import BANKS, draw_foreign_numbers
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray, sample_values
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import SimulatedRole
from fanzha.simulate.victim_at_risk import CODE_TEXTS

CHILDREN = 3
BANK_DAYS_SHARE = 0.1
ABROAD_SHARE = 0.2  # share of families with a child in another country


@dataclass(frozen=True)
class _Families:
    context: ScenarioContext
    parents: Phones
    children: IntArray  # resident indices, families x CHILDREN
    child_abroad: IntArray  # number of the child abroad, 0 for none
    trunk: str

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rng, residents = today.rng, self.context.residents
        parent_index = habits.draw_actors(rng, self.context.parameters["calls_a_day"], len(self.parents))
        child = self.children[parent_index, rng.integers(0, CHILDREN, parent_index.size)]
        from_abroad = (self.child_abroad[parent_index] != 0) & (rng.random(parent_index.size) < 0.4)
        at, minutes = today.draw_moments(parent_index.size, habits.EVENING), self.context.parameters["talk_minutes"]
        parent, domestic, count = self.parents.lines[parent_index], ~from_abroad, int(from_abroad.sum())
        call_from_residents(
            rng, facts, residents, at[domestic], child[domestic], parent[domestic], talk_seconds=minutes * 60
        )
        call_from_abroad(
            facts,
            at[from_abroad],
            self.child_abroad[parent_index[from_abroad]],
            parent[from_abroad],
            self.trunk,
            answered=habits.draw_answered(rng, count, 0.95),
            ring_ms=habits.draw_ring_ms(rng, count),
            talk_ms=habits.draw_talk_ms(rng, count, minutes * 60),
        )
        self._add_bank_calls(today, facts)
        self.parents.add_everyday_traffic(today, facts, 1.5)

    def _add_bank_calls(self, today: SimulatedDay, facts: Facts) -> None:
        """Add calls to the bank, each followed by a text with a code."""
        rng = today.rng
        parent_index = np.flatnonzero(rng.random(len(self.parents)) < BANK_DAYS_SHARE)
        at = today.start + 9 * HOUR_MS + rng.integers(0, 7 * HOUR_MS, parent_index.size)
        self.parents.dial(
            today,
            facts,
            at,
            parent_index,
            sample_values(rng, BANKS, parent_index.size),
            answer_share=1.0,
            talk_seconds=150,
        )
        text = Categorical(CODE_TEXTS, rng.integers(0, len(CODE_TEXTS), parent_index.size))
        recipient = self.parents.lines[parent_index]
        facts.add(
            "message", at + 4 * MINUTE_MS, text=text, channel="port_sms", sender="1069000095588", recipient=recipient
        )


class FamilyOfTheOldScenario(Scenario):
    """One old person per 100 residents."""

    name = "family_of_the_old"
    title = Words("子女与老人长谈", "families calling an old person")
    tells = Words(
        "子女（有的在境外）反复与老人长时间通话，老人偶尔致电银行",
        "children, some abroad, talk with an old parent at length; the parent calls the bank now and then",
    )
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"calls_a_day": 1.2, "talk_minutes": 28}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Choose children among the residents for each old person, and for one in five also a child abroad."""
        parents = Phones.create(context, context.scale_count(100))
        count = len(parents)
        children = context.rng.integers(0, len(context.residents), (count, CHILDREN))
        child_abroad = np.where(context.rng.random(count) < ABROAD_SHARE, draw_foreign_numbers(context.rng, count), 0)
        families = _Families(context, parents, children, child_abroad, context.directory.name("IGW"))
        truths = parents.build_truths(self.role, context.settings.start_ms, context.settings.end_ms)
        return ScenarioPlan(
            (*truths, context.build_permanent_truth("trunk", (families.trunk,), self.role)), families.emit
        )


SCENARIO = FamilyOfTheOldScenario()
