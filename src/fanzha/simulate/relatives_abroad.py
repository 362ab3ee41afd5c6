"""Look-alike: relatives and customers abroad call over honest international trunks, often at length, and again."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._abroad import call_in
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._neighbours import call_from
from fanzha.simulate._numbers import foreign
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import HOUR_MS
from fanzha.simulate._truth import Role

TRUNKS = 4
CALL_BACK_SHARE = 0.25


@dataclass(frozen=True)
class _Relatives:
    scene: Scene
    numbers: Whole
    family: Whole  # who is called, by place
    trunks: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        draw, people = today.draw, self.scene.residents
        who = habits.times_over(draw, self.scene.force["calls_a_day"], self.numbers.size)
        at, many = today.moments(who.size, habits.RESIDENT), who.size
        call_in(
            facts,
            at,
            self.numbers[who],
            people.lines[self.family[who]],
            Pick(self.trunks, who % TRUNKS),
            answered=habits.answered(draw, many),
            ring_ms=habits.ring_ms(draw, many),
            talk_ms=habits.talk_ms(draw, many, self.scene.force["talk_minutes"] * 60),
        )
        back = draw.random(many) < CALL_BACK_SHARE
        later, person = at[back] + 3 * HOUR_MS, self.family[who[back]]
        call_from(draw, facts, people, later, person, self.numbers[who[back]], talk_seconds=400)


class RelativesAbroad(Scenario):
    """One relative on 50 residents; the people called are the ones who must not be alarmed."""

    name = "relatives_abroad"
    title = Words("境外亲友", "relatives abroad")
    tells = Words("境外亲友经正常国际中继反复长谈", "relatives abroad call over honest trunks, at length and again")
    role = Role.LOOK_ALIKE
    strengths = {"calls_a_day": 0.5, "talk_minutes": 12}

    def plan(self, scene: Scene) -> Plan:
        """Give each a number, and somebody to call."""
        count = scene.each(50)
        family = scene.chosen(count)
        relatives = _Relatives(scene, foreign(scene.draw, count), family, scene.directory.names("IGW", TRUNKS))
        truths = (
            scene.whole("trunk", relatives.trunks, self.role),
            scene.whole("phone_number", scene.residents.lines[np.unique(family)], self.role),
        )
        return Plan(truths, relatives.emit)


SCENARIO = RelativesAbroad()
