"""Fraud: calls from abroad claim domestic numbers: the police, a bank, a mobile that does not roam (Art. 13)."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import add_honest_traffic, call_from_abroad
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._parameters import Limit
from fanzha.simulate._random import sample_values
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._shifts import schedule_calls
from fanzha.simulate._truth import SimulatedRole, Truth

HOURS = (9, 10, 11, 14, 15, 16)
#: 110, 95588, their variants with a country or area code, and a 400 number.
PROTECTED = np.array([-110, -95588, 86110, 8695588, 8610110, 864000000000], np.int64)


@dataclass(frozen=True)
class _SpoofingGang:
    context: ScenarioContext
    first_day: int
    trunks: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        parameters, rng, residents = self.context.parameters, today.rng, self.context.residents
        if today.number < self.first_day:
            return
        calls = schedule_calls(rng, today.start, today.number, HOURS, 1, parameters.integer("calls_per_hour"))
        count = calls.at.size
        claimed_callers = sample_values(rng, PROTECTED, count)
        is_mobile = rng.random(count) >= parameters["protected_share"]
        claimed_callers[is_mobile] = residents.draw_numbers(rng, int(is_mobile.sum()))
        call_from_abroad(
            facts,
            calls.at,
            claimed_callers,
            residents.draw_numbers(rng, count),
            Categorical(self.trunks, calls.rotate_identity(len(self.trunks))),
            answered=habits.draw_answered(rng, count, 0.5),
            ring_ms=habits.draw_ring_ms(rng, count),
            talk_ms=habits.draw_talk_ms(rng, count, 200),
            roaming="unproven",
        )
        if parameters.hides:
            add_honest_traffic(today, facts, residents, self.trunks, 10 * count)


class SpoofedCallerScenario(Scenario):
    """Attackers of level 0 claim mostly protected numbers, those of higher levels mostly mobile numbers."""

    name = "spoofed_caller"
    title = Words("境外改号来电", "spoofed caller from abroad")
    tells = Words(
        "境外来话冒充境内号码：公检法、银行、未漫游的手机",
        "calls from abroad claim home numbers: police, banks, mobiles that do not roam",
    )
    role = SimulatedRole.FRAUD
    parameters = {"calls_per_hour": 40, "protected_share": 0.8}
    limits = {"protected_share": Limit(0.02)}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Start on a random day of the first half."""
        first_day = int(context.rng.integers(0, max(1, context.settings.days // 2)))
        trunks = context.directory.names("IGW", context.parameters.identity_count)
        truth = Truth(
            "trunk", trunks, SimulatedRole.FRAUD, context.compute_moment(first_day, HOURS[0]), context.settings.end_ms
        )
        return ScenarioPlan((truth,), _SpoofingGang(context, first_day, trunks).emit)


SCENARIO = SpoofedCallerScenario()
