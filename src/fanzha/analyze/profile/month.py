"""The periods of profiles: 30 days that end at a midnight in China."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fanzha.base.clock import from_ms
from fanzha.windows import CHINA_MS, DAY_MS

DAYS = 30
MIN_DAYS = 28  # of history: the model was trained on months


@dataclass(frozen=True)
class ProfileMonth:
    """30 days that end at `end`; `at` is the moment of the profile, at most the last known moment (UTC ms)."""

    end: int
    at: int

    @property
    def begin(self) -> int:
        """The midnight in China at which the month begins."""
        return self.end - DAYS * DAY_MS

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day in China, ISO 8601."""
        first, last = (from_ms(moment + CHINA_MS).date().isoformat() for moment in (self.begin, self.end - 1))
        return first, last


@dataclass(frozen=True)
class CallHistory:
    """The first and last offered call, and the last known moment of calls; UTC ms."""

    first: int
    last: int
    last_known: int

    @property
    def days(self) -> int:
        """The number of days in China that the history covers."""
        return max(0, (day_start(self.last) - day_start(self.first)) // DAY_MS + 1)

    def months(self) -> list[ProfileMonth]:
        """Return the 30 days up to and including the day of the last call, those before them, and so on, oldest first.

        A day is in one month at most; a month with fewer than 28 known days is omitted.
        """
        begin, end, months_newest_first = day_start(self.first), day_start(self.last) + DAY_MS, []
        while end - begin >= MIN_DAYS * DAY_MS:
            months_newest_first.append(ProfileMonth(end, min(end - 1, self.last_known)))
            end -= DAYS * DAY_MS
        return months_newest_first[::-1]


def call_history(tables: Mapping[str, Path]) -> CallHistory | None:
    """Return the history of calls in sorted event tables; None if no call has an end."""
    offered, ended = (time_range(tables[name]) if name in tables else None for name in ("call_offered", "call_ended"))
    return CallHistory(*offered, max(offered[1], ended[1])) if offered and ended else None


def time_range(events: Path) -> tuple[int, int] | None:
    """Return the first and last `occurred_at` of an event file (UTC ms); None if it is empty."""
    with duckdb.connect() as database:
        query = "SELECT min(occurred_at), max(occurred_at) FROM read_parquet(?)"
        first, last = database.execute(query, [str(events)]).fetchall()[0]
    return None if first is None else (int(first), int(last))


def day_start(moment: int) -> int:
    """Return the start of the day in China, UTC ms."""
    return (moment + CHINA_MS) // DAY_MS * DAY_MS - CHINA_MS
