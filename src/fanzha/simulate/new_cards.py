"""Ordinary traffic: residents open cards with an identity check and use them from the next day."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import DAY_MS
from fanzha.simulate._truth import SimulatedRole


@dataclass(frozen=True)
class _NewCardHolders:
    phones: Phones
    day: IntArray
    outlets: tuple[str, ...]
    people: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rows = np.flatnonzero(self.day == today.number)
        phones = self.phones
        facts.add(
            "registration",
            today.draw_moments(rows.size, habits.OFFICE),
            number=phones.lines[rows],
            sim_card=phones.cards[rows],
            person=Categorical(self.people, rows),
            id_type="身份证",
            id_read="chip",
            channel="own_shop",
            outlet=Categorical(self.outlets, rows % len(self.outlets)),
            cards_before=today.rng.integers(0, 3, rows.size),
            face_score=today.rng.uniform(0.85, 0.99, rows.size),
            liveness_score=today.rng.uniform(0.9, 1.0, rows.size),
            result="passed",
        )
        active = np.flatnonzero(self.day < today.number)
        if active.size:
            phones.select(active).add_everyday_traffic(today, facts)


class NewCardsScenario(Scenario):
    """One new card a day per 1,000 residents, and one outlet per 2,000."""

    name = "new_cards"
    title = Words("正常开卡", "new cards")
    tells = Words(
        "居民零散开卡，实名核验通过，随后正常使用", "people open a card now and then, are checked, and use it"
    )
    role = SimulatedRole.ORDINARY

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate the cards of every day."""
        a_day, days = context.scale_count(1_000), context.settings.days
        phones = Phones.create(context, a_day * days)
        day = np.repeat(np.arange(days), a_day)
        outlets = context.directory.names("OUTLET", context.scale_count(2_000))
        people = context.directory.people(len(phones))
        opened_ms = context.settings.start_ms + day * DAY_MS
        truths = phones.build_truths(self.role, opened_ms, context.settings.end_ms)
        return ScenarioPlan(
            (context.build_permanent_truth("outlet", outlets, self.role), *truths),
            _NewCardHolders(phones, day, outlets, people).emit,
        )


SCENARIO = NewCardsScenario()
