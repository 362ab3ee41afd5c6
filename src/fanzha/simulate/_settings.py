"""The settings of a simulation: residents, days, seed, attacker levels and overrides."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
CHINA_MS = 8 * HOUR_MS

#: Attacker levels: 0 ignores the limits, 1 stays inside each published limit, 2 also rotates numbers and devices, 3
#: also adds harmless traffic as camouflage.
LEVELS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Settings:
    """The arguments of one simulation; `start_ms` is a midnight in Beijing, UTC milliseconds."""

    subscribers: int
    days: int
    seed: int
    start_ms: int
    attackers: tuple[int, ...] = LEVELS
    #: `scenario.key`, or `key` for all scenarios -> value that replaces the default of the scenario.
    parameters: Mapping[str, float] = field(default_factory=dict)
    #: scenario -> limit -> value that the attackers assume for it.
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    only: tuple[str, ...] = ()  # names of the scenarios to plan; () plans all
    limits_share: float = 1.0  # share of each limit that the attackers believe; at most 1

    @property
    def end_ms(self) -> int:
        """The midnight after the last day."""
        return self.start_ms + self.days * DAY_MS
