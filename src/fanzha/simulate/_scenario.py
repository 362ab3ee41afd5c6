"""What every scenario is: a fraud, a look-alike or ordinary life, planned once and told day by day; one file each."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fanzha.base.words import Words
from fanzha.simulate._directory import Directory
from fanzha.simulate._draw import Whole
from fanzha.simulate._facts import Facts
from fanzha.simulate._force import Force, Limit
from fanzha.simulate._habits import Hours, moments
from fanzha.simulate._residents import Residents
from fanzha.simulate._settings import CHINA_MS, DAY_MS, HOUR_MS, Settings
from fanzha.simulate._truth import Role, Truth


@dataclass(frozen=True)
class Today:
    """One day of the simulation as one scenario sees it."""

    number: int  # 0 is the first
    start: int  # midnight in Beijing, UTC ms
    draw: np.random.Generator

    @property
    def weekend(self) -> bool:
        """Whether it is Saturday or Sunday in Beijing."""
        return ((self.start + CHINA_MS) // DAY_MS + 3) % 7 >= 5  # 1970-01-01 was a Thursday

    def moments(self, count: int, hours: Hours) -> Whole:
        """Return moments of today by the weight of the hours."""
        return moments(self.draw, count, self.start, hours)


@dataclass(frozen=True)
class Scene:
    """What a scenario is planned with."""

    settings: Settings
    residents: Residents
    directory: Directory
    draw: np.random.Generator
    force: Force  # how strong the attacker is; of the innocent, their plain strengths
    gang: int = 0  # the how-manieth gang of this scenario and level
    crowd: float = 1.0  # how many times as many look-alikes as usual

    def each(self, people: int, least: int = 1) -> int:
        """Return how many there are when one comes on so many residents."""
        return max(least, round(len(self.residents) * self.crowd / people))

    def day(self, number: int, hour: int = 0) -> int:
        """Return the moment a day has this hour (in Beijing); the last day of the simulation for days after it."""
        return self.settings.start_ms + min(number, self.settings.days - 1) * DAY_MS + hour * HOUR_MS

    def chosen(self, count: int) -> Whole:
        """Return residents by place, nobody twice while there are enough."""
        people = self.draw.permutation(len(self.residents))
        return np.resize(people, count)

    def whole(self, kind: str, subjects: "Whole | tuple[str, ...]", role: Role) -> Truth:
        """Return a truth that holds all the time."""
        return Truth(kind, subjects, role, self.settings.start_ms, self.settings.end_ms)


Emit = Callable[[Today, Facts], None]


@dataclass(frozen=True)
class Plan:
    """Who is who, and what they do on a day."""

    truths: tuple[Truth, ...]
    emit: Emit


class Scenario(ABC):
    """One scenario. Frauds are planned once a gang and attacker level, all others once."""

    name: ClassVar[str]
    title: ClassVar[Words]
    tells: ClassVar[Words]  # one sentence: who does what
    role: ClassVar[Role]
    strengths: ClassVar[Mapping[str, float]] = {}  # what an attacker of level 0 does; can be set from outside
    limits: ClassVar[Mapping[str, Limit]] = {}  # what the rules are thought to be; attackers from level 1 keep inside

    @abstractmethod
    def plan(self, scene: Scene) -> Plan:
        """Plan the scenario: draw from `scene.draw` alone, and on a day from the day's own `draw`."""
