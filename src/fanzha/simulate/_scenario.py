"""The interface of scenarios: fraud, innocent look-alike or ordinary traffic, planned once and emitted by day."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._directory import Directory
from fanzha.simulate._facts import Facts
from fanzha.simulate._habits import HourWeights, draw_moments
from fanzha.simulate._parameters import Limit, ScenarioParameters
from fanzha.simulate._random import IntArray
from fanzha.simulate._residents import Residents
from fanzha.simulate._settings import CHINA_MS, DAY_MS, HOUR_MS, Settings
from fanzha.simulate._truth import SimulatedRole, Truth


@dataclass(frozen=True)
class SimulatedDay:
    """One day of the simulation, with the random generator of one scenario."""

    number: int  # 0 is the first
    start: int  # midnight in Beijing, UTC ms
    rng: np.random.Generator

    @property
    def weekend(self) -> bool:
        """Whether it is Saturday or Sunday in Beijing."""
        return ((self.start + CHINA_MS) // DAY_MS + 3) % 7 >= 5  # 1970-01-01 was a Thursday

    def draw_moments(self, count: int, hours: HourWeights) -> IntArray:
        """Draw `count` moments of the day (UTC ms) by the weights of the hours."""
        return draw_moments(self.rng, count, self.start, hours)


@dataclass(frozen=True)
class ScenarioContext:
    """The inputs for planning a scenario."""

    settings: Settings
    residents: Residents
    directory: Directory
    rng: np.random.Generator
    parameters: ScenarioParameters  # at the attacker's level; the defaults for scenarios without attacker
    gang: int = 0  # index of the gang within its scenario and level
    look_alike_factor: float = 1.0  # multiplies the number of innocent look-alikes

    def scale_count(self, people: int, minimum: int = 1) -> int:
        """Return the number of actors if there is one per `people` residents, at least `minimum`."""
        return max(minimum, round(len(self.residents) * self.look_alike_factor / people))

    def compute_moment(self, number: int, hour: int = 0) -> int:
        """Return the moment (UTC ms) of an hour in Beijing on day `number`, capped at the last simulated day."""
        return self.settings.start_ms + min(number, self.settings.days - 1) * DAY_MS + hour * HOUR_MS

    def choose_residents(self, count: int) -> IntArray:
        """Draw residents as indices. Repeat a resident only if `count` exceeds their number."""
        people = self.rng.permutation(len(self.residents))
        return np.resize(people, count)

    def build_permanent_truth(self, kind: str, subjects: "IntArray | tuple[str, ...]", role: SimulatedRole) -> Truth:
        """Return a truth that is valid for the whole simulation."""
        return Truth(kind, subjects, role, self.settings.start_ms, self.settings.end_ms)


EmitDay = Callable[[SimulatedDay, Facts], None]


@dataclass(frozen=True)
class ScenarioPlan:
    """The truths of a scenario, and the function that adds its facts of a day."""

    truths: tuple[Truth, ...]
    emit: EmitDay


class Scenario(ABC):
    """One scenario. A fraud is planned once per gang and attacker level, any other scenario once."""

    name: ClassVar[str]
    title: ClassVar[Words]
    tells: ClassVar[Words]  # one sentence that describes the scenario
    role: ClassVar[SimulatedRole]
    parameters: ClassVar[Mapping[str, float]] = {}  # name -> default at level 0; the settings can override it
    limits: ClassVar[Mapping[str, Limit]] = {}  # limits of rules that attackers respect from level 1

    @abstractmethod
    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Plan the scenario. Draw from `context.rng` alone, and on a day from the `rng` of that day."""
