"""Alarms per million lines a day: the lines and days that records cover, and exact Poisson intervals."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow.parquet as pq

from fanzha.base.words import Words

DAY_MS = 86_400_000
CHINA_MS = 8 * 3_600_000  # an alarm is one subject on one day in China
MILLION = 1_000_000
_TAIL = 0.025  # on each side of a 95 % interval

#: Columns whose numbers are lines of the operator, and columns with the parties of a call or message.
_OWN = (("call_offered", "proven_caller"), ("sim_use", "number"), ("subscriber_profile", "subscriber"))
_PARTIES = (("call_offered", "caller"), ("call_offered", "callee"), ("message", "sender"), ("message", "recipient"))
_HOME = "+86%"
_UNTIMED = ("subscriber_profile",)  # one row a month says nothing about the days that records cover


class AlarmExposure(msgspec.Struct, frozen=True):
    """The lines and days that the records cover; `source` is proven, parties or given."""

    lines: int
    days: float
    source: str

    @property
    def line_days(self) -> float:
        """Lines times days."""
        return self.lines * self.days

    def words(self) -> Words:
        """Say how the lines were counted."""
        zh, en = _SOURCES[self.source]
        return Words(
            f"{zh} {self.lines:,} 线，记录覆盖 {self.days:.2f} 天",
            f"{self.lines:,} {en}, {self.days:.2f} days of records",
        )


_SOURCES = {
    "proven": Words("已证实的本网号码", "lines proven to be the operator's own"),
    "parties": Words("记录中的国内号码（无已证实号码）", "home numbers in the records (none is proven)"),
    "given": Words("按指定的", "lines as given"),
}


class AlarmRate(msgspec.Struct, frozen=True):
    """Alarms (one subject on one day each) per million lines a day, with the exact 95 % interval; null if unknown."""

    alarms: int
    per_million_a_day: float | None = None
    low: float | None = None
    high: float | None = None

    def text(self) -> str:
        """Return the rate and its interval, or a dash."""
        if self.per_million_a_day is None or self.low is None or self.high is None:
            return "–"
        return f"{format_rate(self.per_million_a_day)} ({format_rate(self.low)}–{format_rate(self.high)})"


def format_rate(value: float) -> str:
    """Format a rate: two significant digits below 10, whole above."""
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.2g}"


def alarm_rate(alarms: int, exposure: AlarmExposure | None) -> AlarmRate:
    """Return the rate of a number of alarms; without lines or days it is unknown."""
    if exposure is None or not exposure.line_days:
        return AlarmRate(alarms)
    low, high = poisson_interval(alarms)
    factor = MILLION / exposure.line_days
    return AlarmRate(alarms, alarms * factor, low * factor, high * factor)


def poisson_interval(count: int) -> tuple[float, float]:
    """Return the exact 95 % interval of the mean of a Poisson variable that was observed as `count` (Garwood 1936)."""
    spread = 10 * math.sqrt(count + 1) + 10
    low = _solve(lambda mean: _at_least(count, mean) < _TAIL, 0.0, float(count)) if count else 0.0
    return low, _solve(lambda mean: _at_most(count, mean) > _TAIL, float(count), count + spread)


def _solve(is_below: Callable[[float], bool], low: float, high: float) -> float:
    """Return where a condition that holds from `low` on stops holding, by bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2


def _at_least(count: int, mean: float) -> float:
    """Return P(X >= count) for a mean of at most `count`: a falling series from its first term on."""
    return _sum_series(count, mean, lambda step: mean / (count + step))


def _at_most(count: int, mean: float) -> float:
    """Return P(X <= count) for a mean of at least `count`."""
    return _sum_series(count, mean, lambda step: (count - step + 1) / mean)


def _sum_series(count: int, mean: float, ratio: Callable[[int], float]) -> float:
    if mean <= 0:
        return 1.0 if count == 0 else 0.0
    term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    total, step = term, 0
    while term > total * 1e-16:
        step += 1
        term *= ratio(step)
        total += term
    return total


class _Column(NamedTuple):
    path: Path
    name: str


def measure_exposure(tables: Mapping[str, Path], scratch: Path, *, lines: int | None = None) -> AlarmExposure | None:
    """Return the lines and days of sorted event tables; None if they hold no lines or less than a moment.

    Lines are distinct numbers that are proven to be the operator's; without any, all distinct home numbers. `lines`
    replaces the count. Each day counts from its first to its last event. `scratch` is a folder for temporary files.
    """
    days = _count_days([path for name, path in tables.items() if name not in _UNTIMED])
    counted, source = (lines, "given") if lines is not None else (_count_lines(tables, _OWN, scratch), "proven")
    if not counted and lines is None:
        counted, source = _count_lines(tables, _PARTIES, scratch, _HOME), "parties"
    return AlarmExposure(counted, days, source) if counted and days else None


def _count_days(paths: list[Path]) -> float:
    """Return the days that events cover; a stray event on a day of its own adds nothing."""
    bounds: dict[int, tuple[int, int]] = {}
    with duckdb.connect() as database:
        for path in paths:
            rows = database.execute(
                f"""SELECT (occurred_at + {CHINA_MS}) // {DAY_MS}, min(occurred_at), max(occurred_at)
                    FROM read_parquet(?) WHERE occurred_at IS NOT NULL GROUP BY 1""",
                [str(path)],
            ).fetchall()
            for day, first, last in rows:
                earliest, latest = bounds.get(day, (first, last))
                bounds[day] = min(earliest, first), max(latest, last)
    return sum(last - first for first, last in bounds.values()) / DAY_MS


def _count_lines(
    tables: Mapping[str, Path], sources: tuple[tuple[str, str], ...], scratch: Path, pattern: str = "%"
) -> int:
    columns = [_Column(tables[table], name) for table, name in sources if table in tables]
    columns = [column for column in columns if column.name in pq.read_schema(column.path).names]
    if not columns:
        return 0
    union = " UNION ALL ".join(f"SELECT {column.name} AS number FROM read_parquet(?)" for column in columns)
    with duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(scratch)}) as database:
        rows = database.execute(
            f"SELECT count(DISTINCT number) FROM ({union}) WHERE number LIKE ?",
            [*(str(column.path) for column in columns), pattern],
        ).fetchall()
    return int(rows[0][0])
