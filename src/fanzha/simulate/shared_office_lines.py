"""Innocent look-alike: offices share one number behind a switchboard (PBX) and call their customers all day."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import call_from_leased_line, call_from_residents
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._truth import SimulatedRole

INCOMING_RATIO = 0.7  # incoming calls per outgoing call
CUSTOMERS = 150  # per office, called repeatedly


@dataclass(frozen=True)
class _SharedLineOffices:
    context: ScenarioContext
    lines: IntArray
    trunks: tuple[str, ...]
    customers: IntArray  # resident indices, offices x CUSTOMERS

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        if today.weekend:
            return
        rng, residents = today.rng, self.context.residents
        caller_index = habits.draw_actors(rng, self.context.parameters["calls_a_day"], self.lines.size)
        at = today.draw_moments(caller_index.size, habits.OFFICE)
        callee = residents.lines[self._draw_customers(rng, caller_index)]
        call_from_leased_line(
            today, facts, at, self.lines[caller_index], callee, Categorical(self.trunks, caller_index)
        )
        callee_index = habits.draw_actors(rng, self.context.parameters["calls_a_day"] * INCOMING_RATIO, self.lines.size)
        at, customer = today.draw_moments(callee_index.size, habits.OFFICE), self._draw_customers(rng, callee_index)
        answered = habits.draw_answered(rng, callee_index.size, 0.9)
        call_from_residents(rng, facts, residents, at, customer, self.lines[callee_index], answered=answered)

    def _draw_customers(self, rng: np.random.Generator, caller_index: IntArray) -> IntArray:
        return self.customers[caller_index, rng.integers(0, CUSTOMERS, caller_index.size)]


class SharedOfficeLinesScenario(Scenario):
    """One office per 500 residents."""

    name = "shared_office_lines"
    title = Words("办公总机", "shared office lines")
    tells = Words(
        "多人共用一个总机号码，整日与固定客户通话", "many people share one switchboard number and call known customers"
    )
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"calls_a_day": 70}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate a line and a trunk, and choose the customers, for each office."""
        count = context.scale_count(500)
        lines, trunks = context.directory.fixed(count), context.directory.names("LINE", count)
        customers = context.rng.integers(0, len(context.residents), (count, CUSTOMERS))
        truths = (
            context.build_permanent_truth("phone_number", lines, self.role),
            context.build_permanent_truth("trunk", trunks, self.role),
        )
        return ScenarioPlan(truths, _SharedLineOffices(context, lines, trunks, customers).emit)


SCENARIO = SharedOfficeLinesScenario()
