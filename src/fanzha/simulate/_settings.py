"""What a simulation is asked for: how many people, how long, from which seed, against attackers of which strength."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
CHINA_MS = 8 * HOUR_MS

#: 0 blunt; 1 stays one below each published limit; 2 also rotates numbers and devices; 3 also hides among the innocent.
LEVELS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Settings:
    """The arguments of one simulation; `start_ms` is a midnight in Beijing, UTC milliseconds."""

    subscribers: int
    days: int
    seed: int
    start_ms: int
    attackers: tuple[int, ...] = LEVELS
    #: `scenario.key` or, for all scenarios, `key` -> value instead of the scenario's own.
    strengths: Mapping[str, float] = field(default_factory=dict)
    #: scenario -> name of the limit -> value: what the attackers believe the rules to be.
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    only: tuple[str, ...] = ()  # plan these scenarios alone; () plans all

    @property
    def end_ms(self) -> int:
        """The midnight after the last day."""
        return self.start_ms + self.days * DAY_MS
