"""Fraud: a call centre dials many strangers, from domestic phones or from abroad. Few answer, for seconds."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import add_honest_traffic, call_from_abroad
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import draw_foreign_numbers
from fanzha.simulate._parameters import Limit
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._shifts import ShiftCalls, schedule_calls
from fanzha.simulate._truth import SimulatedRole, Truth

HOURS = (9, 10, 11, 14, 15, 16)


@dataclass(frozen=True)
class _CallCentreGang:
    context: ScenarioContext
    first_day: int
    phones: Phones | None  # of a domestic gang
    numbers: IntArray  # of a gang abroad, with its trunks
    trunks: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        parameters, seats = self.context.parameters, self.context.parameters.integer("phones")
        if today.number < self.first_day:
            return
        calls = schedule_calls(today.rng, today.start, today.number, HOURS, seats, parameters.integer("calls_per_hour"))
        callee = self.context.residents.draw_numbers(today.rng, calls.at.size)
        if self.phones is None:
            self._add_calls_abroad(today, facts, calls, callee)
            return
        identity_index = calls.assign_identity(seats, parameters.identity_count)
        share, seconds = parameters["answer_share"], parameters["talk_seconds"]
        self.phones.dial(
            today, facts, calls.at, identity_index, callee, answer_share=share, talk_seconds=seconds, ring_seconds=12
        )
        if parameters.hides:
            self.phones.add_everyday_traffic(today, facts)

    def _add_calls_abroad(self, today: SimulatedDay, facts: Facts, calls: ShiftCalls, callee: IntArray) -> None:
        parameters, rng, count = self.context.parameters, today.rng, calls.at.size
        identity_index = calls.assign_identity(parameters.integer("phones"), parameters.identity_count)
        trunk = Categorical(self.trunks, calls.rotate_identity(len(self.trunks)))
        answered = habits.draw_answered(rng, count, parameters["answer_share"])
        talk = habits.draw_talk_ms(rng, count, parameters["talk_seconds"])
        call_from_abroad(
            facts,
            calls.at,
            self.numbers[identity_index],
            callee,
            trunk,
            answered=answered,
            ring_ms=habits.draw_ring_ms(rng, count),
            talk_ms=talk,
        )
        if parameters.hides:
            add_honest_traffic(today, facts, self.context.residents, self.trunks, count)


class CallCentreBurstScenario(Scenario):
    """Gangs with an even index call from domestic phones, the others from abroad."""

    name = "call_centre_burst"
    title = Words("呼叫中心式群呼", "call-centre burst")
    tells = Words(
        "短时间内连续拨打大量陌生号码，接通少、通话短", "many strangers dialled in a row, few answer, for seconds"
    )
    role = SimulatedRole.FRAUD
    parameters = {"phones": 4, "calls_per_hour": 60, "answer_share": 0.35, "talk_seconds": 14}
    limits = {"calls_per_hour": Limit(25), "talk_seconds": Limit(20, at_least=False)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Start on a random day of the first half."""
        first_day = int(context.rng.integers(0, max(1, context.settings.days // 2)))
        seats = context.parameters.integer("phones") * context.parameters.identity_count
        span = context.compute_moment(first_day, HOURS[0]), context.settings.end_ms
        if context.gang % 2 == 0:
            phones = Phones.create(context, seats)
            gang = _CallCentreGang(context, first_day, phones, np.empty(0, np.int64), ())
            return ScenarioPlan(phones.build_truths(SimulatedRole.FRAUD, *span), gang.emit)
        gang = _CallCentreGang(
            context,
            first_day,
            None,
            draw_foreign_numbers(context.rng, seats),
            context.directory.names("IGW", context.parameters.identity_count),
        )
        return ScenarioPlan((Truth("trunk", gang.trunks, SimulatedRole.FRAUD, *span),), gang.emit)


SCENARIO = CallCentreBurstScenario()
