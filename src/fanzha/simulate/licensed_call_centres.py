"""Innocent look-alike: licensed call centres make over 100 calls an hour from their own 95, 400 and fixed numbers."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._calls import call_from_leased_line
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._shifts import schedule_calls
from fanzha.simulate._truth import SimulatedRole

HOURS = (9, 10, 11, 14, 15, 16, 17)


@dataclass(frozen=True)
class _LicensedCentres:
    context: ScenarioContext
    lines: IntArray
    trunks: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        if today.weekend:
            return
        per_hour = self.context.parameters.integer("calls_per_hour")
        calls = schedule_calls(today.rng, today.start, today.number, HOURS, self.lines.size, per_hour)
        customers = self.context.residents.draw_numbers(today.rng, calls.at.size)
        trunk, line = Categorical(self.trunks, calls.seat), self.lines[calls.seat]
        call_from_leased_line(today, facts, calls.at, line, customers, trunk, answer_share=0.4, talk_seconds=50)


class LicensedCallCentresScenario(Scenario):
    """One centre per 6,000 residents, at least three: one each with a 95, a 400 and a fixed number."""

    name = "licensed_call_centres"
    title = Words("持证呼叫中心", "licensed call centres")
    tells = Words(
        "持证呼叫中心以 95、400、固话号码经专线大量外呼",
        "licensed centres call out in bulk from 95, 400 and fixed numbers",
    )
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"calls_per_hour": 120}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate a number and a trunk for each centre."""
        each, directory = context.scale_count(18_000), context.directory
        lines = np.r_[directory.centres(each), directory.hotlines(each), directory.fixed(each)]
        trunks = directory.names("LINE", lines.size)
        truths = (
            context.build_permanent_truth("phone_number", lines, self.role),
            context.build_permanent_truth("trunk", trunks, self.role),
        )
        return ScenarioPlan(truths, _LicensedCentres(context, lines, trunks).emit)


SCENARIO = LicensedCallCentresScenario()
