"""Innocent look-alike: teachers call the parents of a class one after another in the evening."""

from dataclasses import dataclass

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._facts import Facts
from fanzha.simulate._phones import Phones
from fanzha.simulate._random import IntArray
from fanzha.simulate._scenario import Scenario, ScenarioContext, ScenarioPlan, SimulatedDay
from fanzha.simulate._shifts import schedule_calls
from fanzha.simulate._truth import SimulatedRole

CLASS = 45
HOURS = (18, 19)


@dataclass(frozen=True)
class _Teachers:
    context: ScenarioContext
    phones: Phones
    parents: IntArray  # resident index of the first parent of each class

    def emit(self, today: SimulatedDay, facts: Facts) -> None:
        self.phones.add_everyday_traffic(today, facts, 4.0)
        calling_teachers = np.flatnonzero(
            today.rng.random(len(self.phones)) < self.context.parameters["evenings_share"]
        )
        if today.weekend or not calling_teachers.size:
            return
        calls = schedule_calls(today.rng, today.start, today.number, HOURS, calling_teachers.size, CLASS // len(HOURS))
        caller_index = calling_teachers[calls.seat]
        child = today.rng.permuted(np.tile(np.arange(CLASS), -(-calls.at.size // CLASS)))[: calls.at.size]
        parents = self.context.residents.lines[(self.parents[caller_index] + child) % len(self.context.residents)]
        self.phones.dial(today, facts, calls.at, caller_index, parents, answer_share=0.8, talk_seconds=60)


class SchoolsScenario(Scenario):
    """One teacher per 200 residents. Each calls all parents on one evening in five."""

    name = "schools"
    title = Words("学校老师", "schools")
    tells = Words("老师晚间逐一致电全班家长", "a teacher calls all parents of the class in one evening")
    role = SimulatedRole.LOOK_ALIKE
    parameters = {"evenings_share": 0.2}

    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Allocate a phone and choose the parents for each teacher."""
        phones = Phones.create(context, context.scale_count(200))
        parents = context.rng.integers(0, len(context.residents), len(phones))
        truths = phones.build_truths(self.role, context.settings.start_ms, context.settings.end_ms)
        return ScenarioPlan(truths, _Teachers(context, phones, parents).emit)


SCENARIO = SchoolsScenario()
