"""Look-alike: children call an old parent at length, again and again, and the parent calls the bank now and then."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._abroad import call_in
from fanzha.simulate._draw import Whole, some
from fanzha.simulate._facts import Facts
from fanzha.simulate._neighbours import call_from
from fanzha.simulate._numbers import BANKS, foreign
from fanzha.simulate._phones import Phones
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import HOUR_MS, MINUTE_MS
from fanzha.simulate._truth import Role
from fanzha.simulate.victim_at_risk import CODE_TEXTS

CHILDREN = 3
BANK_DAYS_SHARE = 0.1
ABROAD_SHARE = 0.2  # of families with a child in another country


@dataclass(frozen=True)
class _Families:
    scene: Scene
    parents: Phones
    children: Whole  # families x CHILDREN, by place
    far: Whole  # number of the child abroad, 0 for none
    trunk: str

    def emit(self, today: Today, facts: Facts) -> None:
        draw, people = today.draw, self.scene.residents
        who = habits.times_over(draw, self.scene.force["calls_a_day"], len(self.parents))
        child = self.children[who, draw.integers(0, CHILDREN, who.size)]
        far = (self.far[who] != 0) & (draw.random(who.size) < 0.4)
        at, minutes = today.moments(who.size, habits.EVENING), self.scene.force["talk_minutes"]
        parent, near, many = self.parents.lines[who], ~far, int(far.sum())
        call_from(draw, facts, people, at[near], child[near], parent[near], talk_seconds=minutes * 60)
        call_in(
            facts,
            at[far],
            self.far[who[far]],
            parent[far],
            self.trunk,
            answered=habits.answered(draw, many, 0.95),
            ring_ms=habits.ring_ms(draw, many),
            talk_ms=habits.talk_ms(draw, many, minutes * 60),
        )
        self._bank(today, facts)
        self.parents.live(today, facts, 1.5)

    def _bank(self, today: Today, facts: Facts) -> None:
        """See to the pension, and receive a code for it."""
        draw = today.draw
        who = np.flatnonzero(draw.random(len(self.parents)) < BANK_DAYS_SHARE)
        at = today.start + 9 * HOUR_MS + draw.integers(0, 7 * HOUR_MS, who.size)
        self.parents.dial(today, facts, at, who, some(draw, BANKS, who.size), answer_share=1.0, talk_seconds=150)
        text = Pick(CODE_TEXTS, draw.integers(0, len(CODE_TEXTS), who.size))
        to = self.parents.lines[who]
        facts.add("message", at + 4 * MINUTE_MS, text=text, channel="port_sms", sender="1069000095588", recipient=to)


class FamilyOfTheOld(Scenario):
    """One old person on 100 residents."""

    name = "family_of_the_old"
    title = Words("子女与老人长谈", "families calling an old person")
    tells = Words(
        "子女（有的在境外）反复与老人长时间通话，老人偶尔致电银行",
        "children, some abroad, talk with an old parent at length; the parent calls the bank now and then",
    )
    role = Role.LOOK_ALIKE
    strengths = {"calls_a_day": 1.2, "talk_minutes": 28}

    def plan(self, scene: Scene) -> Plan:
        """Give each old person children among the residents, one in five also abroad."""
        parents = Phones.bought(scene, scene.each(100))
        count = len(parents)
        children = scene.draw.integers(0, len(scene.residents), (count, CHILDREN))
        far = np.where(scene.draw.random(count) < ABROAD_SHARE, foreign(scene.draw, count), 0)
        families = _Families(scene, parents, children, far, scene.directory.name("IGW"))
        truths = parents.truths(self.role, scene.settings.start_ms, scene.settings.end_ms)
        return Plan((*truths, scene.whole("trunk", (families.trunk,), self.role)), families.emit)


SCENARIO = FamilyOfTheOld()
