"""What every scenario is: a fraud, a look-alike or ordinary life, planned once and told day by day; one file each."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._directory import Directory
from fanzha.simulate._facts import Facts
from fanzha.simulate._habits import HourWeights, draw_moments
from fanzha.simulate._random import IntArray
from fanzha.simulate._residents import Residents
from fanzha.simulate._settings import CHINA_MS, DAY_MS, HOUR_MS, Settings
from fanzha.simulate._strengths import Limit, ResolvedStrengths
from fanzha.simulate._truth import SimulatedRole, Truth


@dataclass(frozen=True)
class SimulatedDay:
    """One day of the simulation as one scenario sees it."""

    number: int  # 0 is the first
    start: int  # midnight in Beijing, UTC ms
    rng: np.random.Generator

    @property
    def weekend(self) -> bool:
        """Whether it is Saturday or Sunday in Beijing."""
        return ((self.start + CHINA_MS) // DAY_MS + 3) % 7 >= 5  # 1970-01-01 was a Thursday

    def draw_moments(self, count: int, hours: HourWeights) -> IntArray:
        """Return moments of today by the weight of the hours."""
        return draw_moments(self.rng, count, self.start, hours)


@dataclass(frozen=True)
class ScenarioContext:
    """What a scenario is planned with."""

    settings: Settings
    residents: Residents
    directory: Directory
    rng: np.random.Generator
    strengths: ResolvedStrengths  # how strong the attacker is; of the innocent, their plain strengths
    gang: int = 0  # the how-manieth gang of this scenario and level
    look_alike_factor: float = 1.0  # how many times as many look-alikes as usual

    def count_per(self, people: int, minimum: int = 1) -> int:
        """Return how many there are when one comes on so many residents."""
        return max(minimum, round(len(self.residents) * self.look_alike_factor / people))

    def moment_of_day(self, number: int, hour: int = 0) -> int:
        """Return the moment a day has this hour (in Beijing); the last day of the simulation for days after it."""
        return self.settings.start_ms + min(number, self.settings.days - 1) * DAY_MS + hour * HOUR_MS

    def choose_residents(self, count: int) -> IntArray:
        """Return residents by place, nobody twice while there are enough."""
        people = self.rng.permutation(len(self.residents))
        return np.resize(people, count)

    def permanent_truth(self, kind: str, subjects: "IntArray | tuple[str, ...]", role: SimulatedRole) -> Truth:
        """Return a truth that holds all the time."""
        return Truth(kind, subjects, role, self.settings.start_ms, self.settings.end_ms)


EmitDay = Callable[[SimulatedDay, Facts], None]


@dataclass(frozen=True)
class ScenarioPlan:
    """Who is who, and what they do on a day."""

    truths: tuple[Truth, ...]
    emit: EmitDay


class Scenario(ABC):
    """One scenario. Frauds are planned once a gang and attacker level, all others once."""

    name: ClassVar[str]
    title: ClassVar[Words]
    tells: ClassVar[Words]  # one sentence: who does what
    role: ClassVar[SimulatedRole]
    strengths: ClassVar[Mapping[str, float]] = {}  # what an attacker of level 0 does; can be set from outside
    limits: ClassVar[Mapping[str, Limit]] = {}  # what the rules are thought to be; attackers from level 1 keep inside

    @abstractmethod
    def plan(self, context: ScenarioContext) -> ScenarioPlan:
        """Plan the scenario: draw from `scene.draw` alone, and on a day from the day's own `draw`."""
