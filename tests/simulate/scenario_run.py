"""Run one scenario in a small province and return its facts and truth as rows."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from fanzha.base.clock import moment_ms
from fanzha.simulate import Province, Settings

MONDAY = moment_ms("2026-03-02T00:00:00+08:00")
HOUR_MS, DAY_MS = 3_600_000, 86_400_000

Row = dict[str, Any]


@dataclass(frozen=True)
class ScenarioRun:
    """The output of a scenario: its truth and its event tables as rows."""

    truth: list[Row]
    tables: dict[str, list[Row]]

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def subjects(self, kind: str, role: str = "") -> set[str]:
        """Return the subjects of a kind, and of a role if it is not empty."""
        rows = (row for row in self.truth if row["subject_kind"] == kind and role in ("", row["role"]))
        return {row["subject"] for row in rows}

    def select_calls(self, callers: Iterable[str]) -> list[Row]:
        """Return the offered calls of the callers, each merged with its end."""
        caller_set, ended = set(callers), {row["call_id"]: row for row in self["call_ended"]}
        return [ended[row["call_id"]] | row for row in self["call_offered"] if row["caller"] in caller_set]


@cache
def _run_cached(
    name: str, level: int, *, days: int, people: int, gangs: int, parameters: frozenset[tuple[str, float]]
) -> ScenarioRun:
    settings = Settings(
        subscribers=people,
        days=days,
        seed=11,
        start_ms=MONDAY,
        attackers=(level,),
        parameters={"gangs": gangs, **dict(parameters)},
        only=(name,),
    )
    province = Province(settings)
    tables: dict[str, list[pa.RecordBatch]] = {}
    for day in province.days():
        for table, batch in day.items():
            tables.setdefault(table, []).append(batch)
    rows = {table: pa.Table.from_batches(batches).to_pylist() for table, batches in tables.items()}
    return ScenarioRun(province.truth.to_pylist(), rows)


def run_scenario(
    name: str, level: int = 0, *, days: int = 3, people: int = 1_500, gangs: int = 2, **parameters: float
) -> ScenarioRun:
    """Run one scenario, from a cache if the arguments repeat."""
    strengths = frozenset((f"{name}.{parameter}", value) for parameter, value in parameters.items())
    return _run_cached(name, level, days=days, people=people, gangs=gangs, parameters=strengths)


def max_per_hour(rows: Iterable[Row], key: str) -> int:
    """Return the maximum number of rows with the same value of `key` in any hour (t - 1 h, t]."""
    moments: dict[object, list[int]] = {}
    for row in rows:
        moments.setdefault(row[key], []).append(row["occurred_at"])
    return max(_max_in_window(sorted(times)) for times in moments.values())


def _max_in_window(times: list[int]) -> int:
    return max(index - bisect_right(times, at - HOUR_MS) + 1 for index, at in enumerate(times))


def max_per_day(rows: Iterable[Row], key: str) -> int:
    """Return the maximum number of rows with the same value of `key` on any day."""
    return max(Counter((row[key], (row["occurred_at"] - MONDAY) // DAY_MS) for row in rows).values())
