"""Fraud: one ring from abroad, cancelled before anybody can answer; whoever calls back pays a premium rate."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._abroad import call_in, chatter
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._neighbours import call_from
from fanzha.simulate._numbers import premium
from fanzha.simulate._pace import Shift, shift
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._settings import MINUTE_MS
from fanzha.simulate._truth import Role, Truth

HOURS = (1, 2, 3, 12, 13)
CANCELLED_SHARE = 0.97


@dataclass(frozen=True)
class _Gang:
    scene: Scene
    first: int
    numbers: Whole
    trunks: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        force, draw, people = self.scene.force, today.draw, self.scene.residents
        if today.number < self.first:
            return
        seats = force.whole("numbers")
        work = shift(draw, today.start, today.number, HOURS, seats, force.whole("callees_per_hour"))
        who, many = work.identity(seats, force.turns), work.at.size
        rung = draw.integers(0, len(people), many)
        call_in(
            facts,
            work.at,
            self.numbers[who],
            people.lines[rung],
            Pick(self.trunks, work.turn(len(self.trunks))),
            answered=habits.answered(draw, many, 1 - CANCELLED_SHARE),
            ring_ms=(force["ring_seconds"] * 1_000 * draw.uniform(0.9, 1.1, many)).astype(np.int64),
            talk_ms=habits.talk_ms(draw, many, 2),
        )
        self._called_back(today, facts, work, who, rung)
        if force.hides:
            chatter(today, facts, people, self.trunks, many)

    def _called_back(self, today: Today, facts: Facts, work: Shift, who: Whole, rung: Whole) -> None:
        draw, people = today.draw, self.scene.residents
        back = draw.random(rung.size) < self.scene.force["call_back_share"]
        at = work.at[back] + draw.integers(2 * MINUTE_MS, 90 * MINUTE_MS, int(back.sum()))
        answered = np.ones(at.size, bool)
        call_from(draw, facts, people, at, rung[back], self.numbers[who[back]], answered=answered, talk_seconds=180)


class Wangiri(Scenario):
    """A trunk that rings and hangs up, and the numbers that want to be called back."""

    name = "wangiri"
    title = Words("响一声", "wangiri (one ring)")
    tells = Words(
        "境外高额资费号码响一声即挂，诱人回拨", "premium-rate numbers abroad ring once and want to be called back"
    )
    role = Role.FRAUD
    strengths = {"numbers": 2, "callees_per_hour": 200, "ring_seconds": 1.5, "call_back_share": 0.03}
    limits = {"callees_per_hour": Limit(50), "ring_seconds": Limit(4, at_least=False)}

    def plan(self, scene: Scene) -> Plan:
        """Begin on one of the first days."""
        first = int(scene.draw.integers(0, max(1, scene.settings.days // 2)))
        turns, span = scene.force.turns, (scene.day(first, HOURS[0]), scene.settings.end_ms)
        numbers = premium(scene.draw, scene.force.whole("numbers") * turns)
        trunks = scene.directory.names("IGW", turns)
        truths = (
            Truth("trunk", trunks, Role.FRAUD, *span),
            Truth("phone_number", numbers, Role.FRAUD, *span, (trunks[0],) * numbers.size),
        )
        return Plan(truths, _Gang(scene, first, numbers, trunks).emit)


SCENARIO = Wangiri()
