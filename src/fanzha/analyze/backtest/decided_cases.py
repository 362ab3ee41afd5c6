"""Match the hits of a backtest with decided cases: confirmed subjects found before the decision, cleared ones hit."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.backtest.metrics import Proportion, proportion
from fanzha.events import all_events

_HOUR_MS = 3_600_000


class DecidedCase(msgspec.Struct, frozen=True):
    """A subject that was confirmed as fraud or cleared at `decided_at` (UTC ms); `ref` names it in the result.

    Its holder has had it since `since` (UTC ms, None: always); events before concern somebody else.
    """

    ref: str
    kind: str
    subject: str
    confirmed: bool
    decided_at: int
    since: int | None = None


class VersionCases(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of one version by ref. Only covered cases are counted."""

    label: str
    found: list[str]  # confirmed, hit at or before the decision
    late: list[str]  # confirmed, hit only after it
    missed: list[str]  # confirmed, not hit
    hit_cleared: list[str]
    recall: Proportion  # found among the covered confirmed cases
    cleared_share: Proportion  # hit among the covered cleared cases
    median_lead_hours: float | None  # from the first hit to the decision, of the cases found


class CaseReplay(msgspec.Struct, frozen=True, kw_only=True):
    """Decided cases replayed over a history.

    A confirmed case is covered if its subject occurs in the history at or before the decision, a cleared one if its
    subject occurs there.
    """

    confirmed: int
    cleared: int
    covered_confirmed: list[str]
    covered_cleared: int
    versions: list[VersionCases]


def replay_cases(
    cases: Sequence[DecidedCase], hits: Path, tables: Mapping[str, Path], labels: Sequence[str], scratch: Path
) -> CaseReplay:
    """Return the cases that each version (by label) finds, misses or wrongly hits.

    `hits` is the hits.parquet of the backtest, `tables` are its sorted events, `scratch` is a folder for temporary
    files.
    """
    with duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(scratch)}) as database:
        database.register("given", _case_table(cases))
        database.execute("CREATE TABLE cases AS SELECT * FROM given")
        database.execute("CREATE TABLE seen (ref VARCHAR, moment BIGINT)")
        for path, column, kind in _subject_columns(tables, {case.kind for case in cases}):
            database.execute(
                f"""INSERT INTO seen SELECT c.ref, min(e.occurred_at)
                    FROM read_parquet(?) e JOIN cases c ON e.{column} = c.subject
                    WHERE c.kind = ? AND e.occurred_at >= coalesce(c.since, e.occurred_at) GROUP BY ALL""",
                [path, kind],
            )
        database.execute(
            """CREATE TABLE covered AS SELECT c.ref, c.confirmed, c.decided_at
               FROM cases c JOIN (SELECT ref, min(moment) AS moment FROM seen GROUP BY ALL) s USING (ref)
               WHERE NOT c.confirmed OR s.moment <= c.decided_at"""
        )
        database.execute(
            """CREATE TABLE first_hits AS SELECT h.rule, c.ref, min(h.moment) AS moment
               FROM read_parquet(?) h JOIN cases c ON h.subject_kind = c.kind AND h.subject = c.subject
               WHERE h.moment >= coalesce(c.since, h.moment) GROUP BY ALL""",
            [str(hits)],
        )
        rows = database.execute("SELECT ref, confirmed FROM covered ORDER BY ref").fetchall()
        confirmed = [ref for ref, is_confirmed in rows if is_confirmed]
        return CaseReplay(
            confirmed=sum(case.confirmed for case in cases),
            cleared=sum(not case.confirmed for case in cases),
            covered_confirmed=confirmed,
            covered_cleared=len(rows) - len(confirmed),
            versions=[_version_cases(database, label) for label in labels],
        )


def _case_table(cases: Sequence[DecidedCase]) -> pa.Table:
    columns: dict[str, Any] = {
        "ref": pa.array([case.ref for case in cases], pa.string()),
        "kind": pa.array([case.kind for case in cases], pa.string()),
        "subject": pa.array([case.subject for case in cases], pa.string()),
        "confirmed": pa.array([case.confirmed for case in cases], pa.bool_()),
        "decided_at": pa.array([case.decided_at for case in cases], pa.int64()),
        "since": pa.array([case.since for case in cases], pa.int64()),
    }
    return pa.table(columns)


def _subject_columns(tables: Mapping[str, Path], kinds: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield file, column and kind of every text column that names subjects of these kinds."""
    for name, path in tables.items():
        there = set(pq.read_schema(path).names)
        for column in all_events()[name].columns:
            kind = column.kind or {"call_id": "call"}.get(column.name, column.name)
            if kind in kinds and column.name in there and column.type == pa.string():
                yield str(path), column.name, kind


def _version_cases(database: duckdb.DuckDBPyConnection, label: str) -> VersionCases:
    rows = database.execute(
        """SELECT c.ref, c.confirmed, h.moment, c.decided_at
           FROM covered c LEFT JOIN first_hits h ON h.ref = c.ref AND h.rule = ? ORDER BY c.ref""",
        [label],
    ).fetchall()
    confirmed = [(ref, at, decided_at) for ref, is_confirmed, at, decided_at in rows if is_confirmed]
    cleared = [(ref, at) for ref, is_confirmed, at, _ in rows if not is_confirmed]
    found = {ref: decided_at - at for ref, at, decided_at in confirmed if at is not None and at <= decided_at}
    hit_cleared = [ref for ref, at in cleared if at is not None]
    leads = sorted(found.values())
    return VersionCases(
        label=label,
        found=list(found),
        late=[ref for ref, at, decided_at in confirmed if at is not None and at > decided_at],
        missed=[ref for ref, at, _ in confirmed if at is None],
        hit_cleared=hit_cleared,
        recall=proportion(len(found), len(confirmed)),
        cleared_share=proportion(len(hit_cleared), len(cleared)),
        median_lead_hours=(leads[(len(leads) - 1) // 2] + leads[len(leads) // 2]) / 2 / _HOUR_MS if leads else None,
    )
