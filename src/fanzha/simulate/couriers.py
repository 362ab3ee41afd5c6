"""Innocent look-alike: couriers make short calls to strangers all day and move from cell to cell."""

from dataclasses import dataclass

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import call_from_residents
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import HOUR_MS
from fanzha.simulate._truth import SimulatedRole

CELLS = 8  # on the route of a courier
CALL_BACK = 0.15  # incoming calls per outgoing call


@dataclass(frozen=True)
class _Couriers:
    context: ScenarioContext
    phones: Phones

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rng, parameters, residents = today.rng, self.context.parameters, self.context.residents
        caller_index = habits.draw_actors(rng, parameters["calls_a_day"], len(self.phones))
        at = today.draw_moments(caller_index.size, habits.DELIVERY)
        cells = (self.phones.cells[caller_index] + (at - today.start) // HOUR_MS % CELLS) % residents.cells
        callee = residents.draw_numbers(rng, caller_index.size)
        self.phones.dial(today, facts, at, caller_index, callee, answer_share=0.75, talk_seconds=22, cells=cells)
        self._add_return_calls(today, facts)
        self.phones.add_everyday_traffic(today, facts)

    def _add_return_calls(self, today: SimulatedDay, facts: Facts) -> None:
        """Add calls by residents who missed a courier or wait for one."""
        rng, residents = today.rng, self.context.residents
        callee_index = habits.draw_actors(rng, self.context.parameters["calls_a_day"] * CALL_BACK, len(self.phones))
        at = today.draw_moments(callee_index.size, habits.DELIVERY)
        caller_index = residents.draw_people(rng, callee_index.size)
        answered = habits.draw_answered(rng, callee_index.size, 0.9)
        call_from_residents(
            rng, facts, residents, at, caller_index, self.phones.lines[callee_index], answered=answered, talk_seconds=30
        )


class CouriersScenario(Scenario):
    """One courier per 200 residents."""

    name = "couriers"
    title = Words("快递员", "couriers")
    tells = Words(
        "快递员整日短时呼叫陌生收件人，也常被回拨", "couriers call strangers briefly all day, and are called back"
    )
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"calls_a_day": 80}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate one phone per courier."""
        phones = Phones.create(context, context.scale_count(200))
        truths = phones.build_truths(self.role, context.settings.start_ms, context.settings.end_ms)
        return ScenarioPlan(truths, _Couriers(context, phones).emit)


SCENARIO = CouriersScenario()
