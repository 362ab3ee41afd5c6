"""Read each source once and sort each event table; an interrupted run is resumed without reading a source again."""

import logging
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow.parquet as pq

from fanzha.analyze.event_order import sort_table
from fanzha.analyze.journal import Journal
from fanzha.analyze.partial_calls import merge_partial_calls
from fanzha.analyze.spool import SpooledSource, spool
from fanzha.analyze.summary import Summary
from fanzha.read import PartialCounts, ReadContext, SourceFile

_LOG = logging.getLogger(__name__)


class ProgressListener(Protocol):
    """Receives the progress of a run."""

    def stage(self, words: str, total: int | None) -> None:
        """A stage of `total` steps begins (None: unknown)."""

    def advance(self, steps: int = 1) -> None:
        """`steps` more steps are done."""


def first_started_at(journal: Journal) -> int:
    """Return when the run first started (UTC ms); events without a time of their own get this time."""
    if (started_at := journal.recall("started", int)) is None:
        started_at = time.time_ns() // 1_000_000
        journal.record("started", started_at)
    return started_at


def read_sources(
    inputs: list[SourceFile],
    summary: Summary,
    journal: Journal,
    listener: ProgressListener,
    *,
    since: int | None = None,
    until: int | None = None,
    basis: str = "",
) -> list[SpooledSource]:
    """Read every source into Parquet parts and add its counts to the summary. Times are UTC milliseconds."""
    listener.stage("读取 reading", sum(source.size for source in inputs))
    terms = ReadContext(observed_at=summary.started_at, basis=basis)
    read = [
        spool(source, n, terms, journal, since=since, until=until, advance=listener.advance)
        for n, source in enumerate(inputs)
    ]
    summary.sources = [source_part.account for source_part in read]
    for account in summary.sources:
        _LOG.info(
            "%s: read as %s, %d rows, %d used, %d rejected",
            *(account.path, account.format or "nothing known", account.read, account.used, account.rejected),
        )
        for note in account.notes:
            _LOG.debug("%s: %s", account.path, note)
    summary.rejects = sum(source_part.account.rejected for source_part in read)
    return read


def sort_tables(
    read: list[SpooledSource], summary: Summary, journal: Journal, listener: ProgressListener
) -> dict[str, Path]:
    """Sort the parts of each event table into one file, and merge partial records of calls.

    Return the files that hold events, by table.
    """
    parts: dict[str, list[Path]] = {}
    for source_part in read:
        for table, part in source_part.parts.items():
            parts.setdefault(table, []).append(Path(part))
    listener.stage("排序 ordering", len(parts))
    tables: dict[str, Path] = {}
    for table in sorted(parts):
        target = journal.path("sorted", f"{table}.parquet")
        counts = journal.recall(f"sorted/{table}", tuple[int, int])
        if counts is None:
            counts = sort_table(parts[table], target)
            journal.record(f"sorted/{table}", counts, [target])
        summary.events[table] = counts[0]
        summary.repeats += counts[1]
        _LOG.info("%s: %d events in order, %d repeats dropped", table, *counts)
        tables[table] = target
        listener.advance()
    tables = _merge_partial_calls(tables, summary, journal)
    summary.first, summary.last = _time_range(tables)
    return {name: path for name, path in tables.items() if summary.events[name]}


def _merge_partial_calls(tables: dict[str, Path], summary: Summary, journal: Journal) -> dict[str, Path]:
    recorded = journal.recall("merged", tuple[PartialCounts, dict[str, int]])
    if recorded is None:
        merged, counts = merge_partial_calls(tables, journal.subfolder("merged"))
        changed = {name: pq.read_metadata(path).num_rows for name, path in merged.items() if path != tables[name]}
        recorded = counts, changed
        journal.record("merged", recorded, [merged[name] for name in changed])
    summary.partial, changed = recorded
    summary.events.update(changed)
    return tables | {name: journal.path("merged", f"{name}.parquet") for name in changed}


def join_rejects(parts: list[Path], target: Path) -> None:
    """Write the rejects of all sources into one file, in the order of the sources."""
    part_file = target.with_name(target.name + ".part")
    with part_file.open("wb") as file:
        for part in parts:
            with part.open("rb") as rows:
                shutil.copyfileobj(rows, file)
    part_file.replace(target)


def _time_range(tables: Mapping[str, Path]) -> tuple[int | None, int | None]:
    """Return the first and last `occurred_at` of all tables."""
    bounds: list[int] = []
    for path in tables.values():
        with duckdb.connect() as database:
            row = database.execute(
                "SELECT min(occurred_at), max(occurred_at) FROM read_parquet(?)", [str(path)]
            ).fetchone()
        bounds += [int(moment) for moment in row or () if moment is not None]
    return (min(bounds), max(bounds)) if bounds else (None, None)
