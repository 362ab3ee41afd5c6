"""The months that profiles are made of: 30 days up to a midnight in China, as many as the calls reach back."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from fanzha.base.clock import from_ms
from fanzha.windows import CHINA_MS, DAY_MS

DAYS = 30
MIN_DAYS = 28  # of history: the model learned on months


@dataclass(frozen=True)
class ProfileMonth:
    """30 days that end at `end`; `at` is the moment of the profile, the last of which anything is known (UTC ms)."""

    end: int
    at: int

    @property
    def begin(self) -> int:
        """The midnight in China at which they begin."""
        return self.end - DAYS * DAY_MS

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day in China, ISO 8601."""
        first, last = (from_ms(moment + CHINA_MS).date().isoformat() for moment in (self.begin, self.end - 1))
        return first, last


@dataclass(frozen=True)
class CallHistory:
    """From when to when calls were offered, and up to when anything of calls is known; UTC ms."""

    first: int
    last: int
    last_known: int

    @property
    def days(self) -> int:
        """On how many days in China there may have been calls."""
        return max(0, (day_start(self.last) - day_start(self.first)) // DAY_MS + 1)

    def months(self) -> list[ProfileMonth]:
        """Return the 30 days up to and including the day of the last call, those before them, and so on, oldest first.

        A day is in one month at most; a month of which less than 28 days are known is left out.
        """
        begin, end, months_newest_first = day_start(self.first), day_start(self.last) + DAY_MS, []
        while end - begin >= MIN_DAYS * DAY_MS:
            months_newest_first.append(ProfileMonth(end, min(end - 1, self.last_known)))
            end -= DAYS * DAY_MS
        return months_newest_first[::-1]


def call_history(tables: Mapping[str, Path]) -> CallHistory | None:
    """Return what sorted event tables hold of calls; None when no call has an end."""
    offered, ended = (time_range(tables[name]) if name in tables else None for name in ("call_offered", "call_ended"))
    return CallHistory(*offered, max(offered[1], ended[1])) if offered and ended else None


def time_range(events: Path) -> tuple[int, int] | None:
    """Return the first and the last moment of a file of events, None when it is empty; UTC ms."""
    with duckdb.connect() as database:
        query = "SELECT min(occurred_at), max(occurred_at) FROM read_parquet(?)"
        first, last = database.execute(query, [str(events)]).fetchall()[0]
    return None if first is None else (int(first), int(last))


def day_start(moment: int) -> int:
    """Return the beginning of the day in China, UTC ms."""
    return (moment + CHINA_MS) // DAY_MS * DAY_MS - CHINA_MS
