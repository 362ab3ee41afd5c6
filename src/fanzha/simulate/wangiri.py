"""Fraud: calls from abroad ring once and are cancelled; residents who call back pay a premium rate."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import add_honest_traffic, call_from_abroad, call_from_residents
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import draw_premium_numbers
from fanzha.simulate._parameters import Limit
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import MINUTE_MS
from fanzha.simulate._shifts import ShiftCalls, schedule_calls
from fanzha.simulate._truth import SimulatedRole, Truth

HOURS = (1, 2, 3, 12, 13)
CANCELLED_SHARE = 0.97


@dataclass(frozen=True)
class _WangiriGang:
    context: ScenarioContext
    first_day: int
    numbers: IntArray
    trunks: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        parameters, rng, residents = self.context.parameters, today.rng, self.context.residents
        if today.number < self.first_day:
            return
        seats = parameters.integer("numbers")
        calls = schedule_calls(rng, today.start, today.number, HOURS, seats, parameters.integer("callees_per_hour"))
        number_index, count = calls.assign_identity(seats, parameters.identity_count), calls.at.size
        callee_index = rng.integers(0, len(residents), count)
        call_from_abroad(
            facts,
            calls.at,
            self.numbers[number_index],
            residents.lines[callee_index],
            Categorical(self.trunks, calls.rotate_identity(len(self.trunks))),
            answered=habits.draw_answered(rng, count, 1 - CANCELLED_SHARE),
            ring_ms=(parameters["ring_seconds"] * 1_000 * rng.uniform(0.9, 1.1, count)).astype(np.int64),
            talk_ms=habits.draw_talk_ms(rng, count, 2),
        )
        self._add_return_calls(today, facts, calls, number_index, callee_index)
        if parameters.hides:
            add_honest_traffic(today, facts, residents, self.trunks, count)

    def _add_return_calls(
        self, today: SimulatedDay, facts: Facts, calls: ShiftCalls, number_index: IntArray, callee_index: IntArray
    ) -> None:
        rng, residents = today.rng, self.context.residents
        is_returned = rng.random(callee_index.size) < self.context.parameters["call_back_share"]
        at = calls.at[is_returned] + rng.integers(2 * MINUTE_MS, 90 * MINUTE_MS, int(is_returned.sum()))
        answered = np.ones(at.size, bool)
        call_from_residents(
            rng,
            facts,
            residents,
            at,
            callee_index[is_returned],
            self.numbers[number_index[is_returned]],
            answered=answered,
            talk_seconds=180,
        )


class WangiriScenario(Scenario):
    """A trunk with premium-rate numbers that ring once."""

    name = "wangiri"
    title = Words("响一声", "wangiri (one ring)")
    tells = Words(
        "境外高额资费号码响一声即挂，诱人回拨", "premium-rate numbers abroad ring once and want to be called back"
    )
    role = SimulatedRole.FRAUD
    parameters = {"numbers": 2, "callees_per_hour": 200, "ring_seconds": 1.5, "call_back_share": 0.03}
    limits = {"callees_per_hour": Limit(50), "ring_seconds": Limit(4, at_least=False)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Start on a random day of the first half."""
        first_day = int(context.rng.integers(0, max(1, context.settings.days // 2)))
        identity_count = context.parameters.identity_count
        span = (context.compute_moment(first_day, HOURS[0]), context.settings.end_ms)
        numbers = draw_premium_numbers(context.rng, context.parameters.integer("numbers") * identity_count)
        trunks = context.directory.names("IGW", identity_count)
        truths = (
            Truth("trunk", trunks, SimulatedRole.FRAUD, *span),
            Truth("phone_number", numbers, SimulatedRole.FRAUD, *span, (trunks[0],) * numbers.size),
        )
        return ScenarioPlan(truths, _WangiriGang(context, first_day, numbers, trunks).emit)


SCENARIO = WangiriScenario()
