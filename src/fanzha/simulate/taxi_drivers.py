"""Innocent look-alike: taxi drivers exchange short calls with strangers all day and move between all cells."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import call_from_residents
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._truth import SimulatedRole


@dataclass(frozen=True)
class _Drivers:
    context: ScenarioContext
    phones: Phones

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rng, residents, calls_a_day = today.rng, self.context.residents, self.context.parameters["calls_a_day"]
        caller_index = habits.draw_actors(rng, calls_a_day, len(self.phones))
        at = today.draw_moments(caller_index.size, habits.RESIDENT)
        callee = residents.draw_numbers(rng, caller_index.size)
        cells = rng.integers(0, residents.cells, caller_index.size)
        self.phones.dial(today, facts, at, caller_index, callee, answer_share=0.85, talk_seconds=18, cells=cells)
        callee_index = habits.draw_actors(rng, calls_a_day / 2, len(self.phones))
        at = today.draw_moments(callee_index.size, habits.RESIDENT)
        passenger = residents.draw_people(rng, callee_index.size)
        answered = habits.draw_answered(rng, callee_index.size, 0.8)
        call_from_residents(
            rng, facts, residents, at, passenger, self.phones.lines[callee_index], answered=answered, talk_seconds=20
        )
        self.phones.add_everyday_traffic(today, facts)


class TaxiDriversScenario(Scenario):
    """One driver per 200 residents."""

    name = "taxi_drivers"
    title = Words("出租车司机", "taxi drivers")
    tells = Words(
        "司机与陌生乘客频繁短时通话，位置全城移动", "drivers talk briefly with strangers and cross the whole city"
    )
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"calls_a_day": 20}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate one phone per driver."""
        phones = Phones.create(context, context.scale_count(200))
        truths = phones.build_truths(self.role, context.settings.start_ms, context.settings.end_ms)
        return ScenarioPlan(truths, _Drivers(context, phones).emit)


SCENARIO = TaxiDriversScenario()
