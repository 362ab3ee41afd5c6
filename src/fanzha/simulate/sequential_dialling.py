"""Fraud: a machine dials consecutive numbers, assigned or not, to find out which are answered."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._facts import Facts
from fanzha.simulate._parameters import Limit
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._shifts import schedule_calls
from fanzha.simulate._truth import SimulatedRole

HOURS = (9, 10, 11, 13, 14, 15, 16)
UNALLOCATED = 1  # release cause, ITU-T Q.850


@dataclass(frozen=True)
class _DiallingGang:
    context: ScenarioContext
    first_day: int
    phones: Phones

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        parameters, rng, residents = self.context.parameters, today.rng, self.context.residents
        if today.number < self.first_day:
            return
        seats, run_length = parameters.integer("phones"), parameters.integer("run_length")
        calls = schedule_calls(rng, today.start, today.number, HOURS, seats, parameters.integer("calls_per_hour"))
        caller_index = calls.assign_identity(seats, parameters.identity_count)
        order = np.argsort(caller_index * 10**12 + calls.at - today.start)
        call_index = np.argsort(order)  # position of each call when sorted by phone and time
        run_starts = residents.lines[rng.integers(0, len(residents), caller_index.size // run_length + 1)]
        callee = run_starts[call_index // run_length] + call_index % run_length
        is_assigned = np.isin(callee, residents.lines)
        answered = habits.draw_answered(rng, caller_index.size, parameters["answer_share"]) & is_assigned
        ring = np.where(is_assigned, habits.draw_ring_ms(rng, caller_index.size, 5), 200)
        talk = habits.draw_talk_ms(rng, caller_index.size, 8)
        cause = np.where(is_assigned, 19, UNALLOCATED)
        self.phones.add_calls(
            facts, calls.at, caller_index, callee, answered=answered, ring_ms=ring, talk_ms=talk, cause=cause
        )
        if parameters.hides:
            self.phones.add_everyday_traffic(today, facts)


class SequentialDiallingScenario(Scenario):
    """A few phones that dial runs of consecutive numbers."""

    name = "sequential_dialling"
    title = Words("顺序拨号", "sequential dialling")
    tells = Words("按号段逐号拨打，空号多、接通少", "number after number of a range, many unallocated, few answers")
    role = SimulatedRole.FRAUD
    parameters = {"phones": 2, "calls_per_hour": 90, "run_length": 40, "answer_share": 0.3}
    limits = {"calls_per_hour": Limit(25), "run_length": Limit(10)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Start on a random day of the first half."""
        first_day = int(context.rng.integers(0, max(1, context.settings.days // 2)))
        phones = Phones.create(context, context.parameters.integer("phones") * context.parameters.identity_count)
        truths = phones.build_truths(
            SimulatedRole.FRAUD, context.compute_moment(first_day, HOURS[0]), context.settings.end_ms
        )
        return ScenarioPlan(truths, _DiallingGang(context, first_day, phones).emit)


SCENARIO = SequentialDiallingScenario()
