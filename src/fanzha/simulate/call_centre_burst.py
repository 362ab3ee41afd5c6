"""Fraud: a call centre dials stranger after stranger, from home phones or from abroad; few answer, for seconds."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._abroad import call_in, chatter
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Limit
from fanzha.simulate._numbers import foreign
from fanzha.simulate._pace import Shift, shift
from fanzha.simulate._phones import Phones
from fanzha.simulate._render import Pick
from fanzha.simulate._scenario import Plan, Scenario, Scene, Today
from fanzha.simulate._truth import Role, Truth

HOURS = (9, 10, 11, 14, 15, 16)


@dataclass(frozen=True)
class _Gang:
    scene: Scene
    first: int
    phones: Phones | None  # at home
    numbers: Whole  # from abroad, on these trunks
    trunks: tuple[str, ...]

    def emit(self, today: Today, facts: Facts) -> None:
        force, seats = self.scene.force, self.scene.force.whole("phones")
        if today.number < self.first:
            return
        work = shift(today.draw, today.start, today.number, HOURS, seats, force.whole("calls_per_hour"))
        callee = self.scene.residents.strangers(today.draw, work.at.size)
        if self.phones is None:
            self._from_abroad(today, facts, work, callee)
            return
        who = work.identity(seats, force.turns)
        share, seconds = force["answer_share"], force["talk_seconds"]
        self.phones.dial(today, facts, work.at, who, callee, answer_share=share, talk_seconds=seconds, ring_seconds=12)
        if force.hides:
            self.phones.live(today, facts)

    def _from_abroad(self, today: Today, facts: Facts, work: Shift, callee: Whole) -> None:
        force, draw, many = self.scene.force, today.draw, work.at.size
        who = work.identity(force.whole("phones"), force.turns)
        trunk = Pick(self.trunks, work.turn(len(self.trunks)))
        answered = habits.answered(draw, many, force["answer_share"])
        talk = habits.talk_ms(draw, many, force["talk_seconds"])
        call_in(
            facts,
            work.at,
            self.numbers[who],
            callee,
            trunk,
            answered=answered,
            ring_ms=habits.ring_ms(draw, many),
            talk_ms=talk,
        )
        if force.hides:
            chatter(today, facts, self.scene.residents, self.trunks, many)


class CallCentreBurst(Scenario):
    """Even gangs call from home phones, odd ones from abroad."""

    name = "call_centre_burst"
    title = Words("呼叫中心式群呼", "call-centre burst")
    tells = Words(
        "短时间内连续拨打大量陌生号码，接通少、通话短", "many strangers dialled in a row, few answer, for seconds"
    )
    role = Role.FRAUD
    strengths = {"phones": 4, "calls_per_hour": 60, "answer_share": 0.35, "talk_seconds": 14}
    limits = {"calls_per_hour": Limit(25), "talk_seconds": Limit(20, at_least=False)}

    def plan(self, scene: Scene) -> Plan:
        """Begin on one of the first days."""
        first = int(scene.draw.integers(0, max(1, scene.settings.days // 2)))
        seats = scene.force.whole("phones") * scene.force.turns
        span = scene.day(first, HOURS[0]), scene.settings.end_ms
        if scene.gang % 2 == 0:
            phones = Phones.bought(scene, seats)
            gang = _Gang(scene, first, phones, np.empty(0, np.int64), ())
            return Plan(phones.truths(Role.FRAUD, *span), gang.emit)
        gang = _Gang(scene, first, None, foreign(scene.draw, seats), scene.directory.names("IGW", scene.force.turns))
        return Plan((Truth("trunk", gang.trunks, Role.FRAUD, *span),), gang.emit)


SCENARIO = CallCentreBurst()
