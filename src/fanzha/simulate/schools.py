"""Look-alike: teachers call the parents of a class one after the other in the evening."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._pace import shift
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role

CLASS = 45
HOURS = (18, 19)


@dataclass(frozen=True)
class _Teachers:
    scene: Scene
    phones: Phones
    parents: Whole  # first parent of each class, by place

    def emit(self, today: Today, facts: Facts) -> None:
        self.phones.live(today, facts, 4.0)
        calling = np.flatnonzero(today.draw.random(len(self.phones)) < self.scene.force["evenings_share"])
        if today.weekend or not calling.size:
            return
        work = shift(today.draw, today.start, today.number, HOURS, calling.size, CLASS // len(HOURS))
        who = calling[work.seat]
        child = today.draw.permuted(np.tile(np.arange(CLASS), -(-work.at.size // CLASS)))[: work.at.size]
        parents = self.scene.residents.lines[(self.parents[who] + child) % len(self.scene.residents)]
        self.phones.dial(today, facts, work.at, who, parents, answer_share=0.8, talk_seconds=60)


class Schools(Scenario):
    """One teacher on 200 residents; each calls all parents one evening in five."""

    name = "schools"
    title = Words("学校老师", "schools")
    tells = Words("老师晚间逐一致电全班家长", "a teacher calls all parents of the class in one evening")
    role = Role.LOOK_ALIKE
    strengths = {"evenings_share": 0.2}

    def plan(self, scene: Scene) -> Plan:
        """Give each teacher a class of parents."""
        phones = Phones.bought(scene, scene.each(200))
        parents = scene.draw.integers(0, len(scene.residents), len(phones))
        truths = phones.truths(self.role, scene.settings.start_ms, scene.settings.end_ms)
        return Plan(truths, _Teachers(scene, phones, parents).emit)


SCENARIO = Schools()
