"""Innocent look-alike: food delivery riders make bursts of short calls to strangers at meal times."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import HOUR_MS
from fanzha.simulate._truth import SimulatedRole

CELLS = 4  # in the area of a rider


@dataclass(frozen=True)
class _Riders:
    context: ScenarioContext
    phones: Phones

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rng, residents = today.rng, self.context.residents
        caller_index = habits.draw_actors(rng, self.context.parameters["calls_a_day"], len(self.phones))
        at = today.draw_moments(caller_index.size, habits.MEALS)
        # A rider moves to the next of the CELLS cells of the area every half hour.
        cells = (self.phones.cells[caller_index] + (at - today.start) // (HOUR_MS // 2) % CELLS) % residents.cells
        callee = residents.draw_numbers(rng, caller_index.size)
        self.phones.dial(today, facts, at, caller_index, callee, answer_share=0.85, talk_seconds=12, cells=cells)
        self.phones.add_everyday_traffic(today, facts)


class FoodDeliveryScenario(Scenario):
    """One rider per 200 residents."""

    name = "food_delivery"
    title = Words("外卖骑手", "food delivery")
    tells = Words("骑手在用餐时段密集短时呼叫陌生顾客", "riders call strangers in bursts at meal times, for seconds")
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"calls_a_day": 45}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate one phone per rider."""
        phones = Phones.create(context, context.scale_count(200))
        truths = phones.build_truths(self.role, context.settings.start_ms, context.settings.end_ms)
        return ScenarioPlan(truths, _Riders(context, phones).emit)


SCENARIO = FoodDeliveryScenario()
