"""Innocent look-alike: relatives abroad call repeatedly and at length over legitimate international trunks."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate import _habits as habits
from fanzha.simulate._calls import call_from_abroad, call_from_residents
from fanzha.simulate._columns import Categorical
from fanzha.simulate._facts import Facts
from fanzha.simulate._numbers import draw_foreign_numbers
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._settings import HOUR_MS
from fanzha.simulate._truth import SimulatedRole

TRUNKS = 4
CALL_BACK_SHARE = 0.25


@dataclass(frozen=True)
class _Relatives:
    context: ScenarioContext
    numbers: IntArray
    family: IntArray  # resident index of each callee
    trunks: tuple[str, ...]

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        rng, residents = today.rng, self.context.residents
        relative_index = habits.draw_actors(rng, self.context.parameters["calls_a_day"], self.numbers.size)
        at, count = today.draw_moments(relative_index.size, habits.RESIDENT), relative_index.size
        call_from_abroad(
            facts,
            at,
            self.numbers[relative_index],
            residents.lines[self.family[relative_index]],
            Categorical(self.trunks, relative_index % TRUNKS),
            answered=habits.draw_answered(rng, count),
            ring_ms=habits.draw_ring_ms(rng, count),
            talk_ms=habits.draw_talk_ms(rng, count, self.context.parameters["talk_minutes"] * 60),
        )
        is_returned = rng.random(count) < CALL_BACK_SHARE
        returned_at, person = at[is_returned] + 3 * HOUR_MS, self.family[relative_index[is_returned]]
        call_from_residents(
            rng, facts, residents, returned_at, person, self.numbers[relative_index[is_returned]], talk_seconds=400
        )


class RelativesAbroadScenario(Scenario):
    """One relative per 50 residents. The residents they call must not be warned."""

    name = "relatives_abroad"
    title = Words("境外亲友", "relatives abroad")
    tells = Words("境外亲友经正常国际中继反复长谈", "relatives abroad call over honest trunks, at length and again")
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"calls_a_day": 0.5, "talk_minutes": 12}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Draw a foreign number and a resident for each relative."""
        count = context.scale_count(50)
        family = context.choose_residents(count)
        relatives = _Relatives(
            context, draw_foreign_numbers(context.rng, count), family, context.directory.names("IGW", TRUNKS)
        )
        truths = (
            context.build_permanent_truth("trunk", relatives.trunks, self.role),
            context.build_permanent_truth("phone_number", context.residents.lines[np.unique(family)], self.role),
        )
        return ScenarioPlan(truths, relatives.emit)


SCENARIO = RelativesAbroadScenario()
