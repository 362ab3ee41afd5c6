"""The main job: sources are read, put in order, shown to the detectors; findings, rejects and a report come out."""

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow.parquet as pq

from fanzha import __version__
from fanzha.analyze.assemble import assemble
from fanzha.analyze.journal import Journal
from fanzha.analyze.operated import operated, operated_key
from fanzha.analyze.order import slices, sort_table
from fanzha.analyze.report import write_report
from fanzha.analyze.sessions import detect
from fanzha.analyze.spool import Spooled, spool
from fanzha.analyze.summary import Summary
from fanzha.base.errors import WrongCall
from fanzha.base.ids import digest
from fanzha.detect import Detector, all_detectors
from fanzha.events import all_events
from fanzha.read import Source, Terms, sources


@dataclass(frozen=True)
class Options:
    """What the caller asks for; times are UTC milliseconds."""

    paths: tuple[Path, ...]
    out: Path
    table: str | None = None
    map_file: Path | None = None
    detectors: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    basis: str = ""
    unmask: bool = False


class Watcher(Protocol):
    """Who is told how the work goes."""

    def stage(self, words: str, total: int | None) -> None:
        """A stage begins."""

    def advance(self, steps: int = 1) -> None:
        """Steps were done."""


def analyze(options: Options, watcher: Watcher) -> Summary:
    """Run the whole analysis; interrupted and called again with the same options, it goes on where it was."""
    began = time.monotonic()
    chosen = _chosen(options.detectors)
    inputs = list(sources(options.paths, map_file=options.map_file, table=options.table or "", out=options.out))
    journal = Journal(options.out, _run_key(options, inputs, chosen))
    summary = Summary(
        version=__version__,
        started_at=_started(journal),
        resumed=journal.resumed,
        detectors=list(chosen),
        out=str(options.out),
    )
    read = _read(inputs, options, summary, journal, watcher)
    tables = _sort(read, summary, journal, watcher)
    watcher.stage("分析 detecting", sum(summary.events.values()))
    schemas = {name: all_events()[name].schema for name in tables}
    detect(slices(tables, schemas), chosen, journal, watcher.advance)
    _write(read, summary, journal, options, began)
    journal.close()
    return summary


def _chosen(names: tuple[str, ...]) -> Mapping[str, Detector]:
    known = all_detectors()
    if unknown := [name for name in names if name not in known]:
        raise WrongCall(f"no detector is called {unknown[0]!r}", fix=f"there are: {', '.join(known)}")
    return operated({name: known[name] for name in names} if names else known)


def _run_key(options: Options, inputs: list[Source], chosen: Mapping[str, Detector]) -> str:
    """Name the run by all that decides its result, so that only the same run is gone on with."""
    versions = [f"{name} {detector.version}" for name, detector in chosen.items()]
    stats = [(source.name, source.size, source.path.stat().st_mtime_ns, repr(source.map)) for source in inputs]
    asked = (operated_key(), options.table, options.since, options.until, options.basis)
    return digest(__version__, repr(versions), repr(stats), repr(asked))


def _started(journal: Journal) -> int:
    """Return the moment the run first began: facts without a time of their own keep it when the run goes on."""
    if (known := journal.recall("started", int)) is None:
        known = time.time_ns() // 1_000_000
        journal.record("started", known)
    return known


def _read(
    inputs: list[Source], options: Options, summary: Summary, journal: Journal, watcher: Watcher
) -> list[Spooled]:
    watcher.stage("读取 reading", sum(source.size for source in inputs))
    terms = Terms(observed_at=summary.started_at, basis=options.basis)
    read = [
        spool(source, n, terms, journal, since=options.since, until=options.until, advance=watcher.advance)
        for n, source in enumerate(inputs)
    ]
    summary.sources = [one.account for one in read]
    summary.rejects = sum(one.account.rejected for one in read)
    return read


def _sort(read: list[Spooled], summary: Summary, journal: Journal, watcher: Watcher) -> dict[str, Path]:
    parts: dict[str, list[Path]] = {}
    for one in read:
        for table, part in one.parts.items():
            parts.setdefault(table, []).append(Path(part))
    watcher.stage("排序 ordering", len(parts))
    tables: dict[str, Path] = {}
    for table in sorted(parts):
        target = journal.path("sorted", f"{table}.parquet")
        counts = journal.recall(f"sorted/{table}", tuple[int, int])
        if counts is None:
            counts = sort_table(parts[table], target)
            journal.record(f"sorted/{table}", counts)
        summary.events[table] = counts[0]
        summary.repeats += counts[1]
        tables[table] = target
        watcher.advance()
    summary.first, summary.last = _span(tables)
    return {name: path for name, path in tables.items() if summary.events[name]}


def _span(tables: Mapping[str, Path]) -> tuple[int | None, int | None]:
    """Return the first and last moment, from the files' own statistics."""
    bounds: list[int] = []
    for path in tables.values():
        with duckdb.connect() as database:
            row = database.execute(
                "SELECT min(occurred_at), max(occurred_at) FROM read_parquet(?)", [str(path)]
            ).fetchone()
        bounds += [int(moment) for moment in row or () if moment is not None]
    return (min(bounds), max(bounds)) if bounds else (None, None)


def _write(read: list[Spooled], summary: Summary, journal: Journal, options: Options, began: float) -> None:
    findings, rejects = options.out / "findings.parquet", options.out / "rejects.jsonl"
    summary.findings = assemble(sorted(journal.subfolder("findings").glob("*.parquet")), findings)
    _join([Path(one.rejects) for one in read], rejects)
    _count(summary, findings)
    summary.seconds = time.monotonic() - began
    write_report(summary, findings, rejects, options.out / "report.html", unmasked=options.unmask)


def _join(parts: list[Path], target: Path) -> None:
    beside = target.with_name(target.name + ".part")
    with beside.open("wb") as file:
        for part in parts:
            with part.open("rb") as rows:
                shutil.copyfileobj(rows, file)
    beside.replace(target)


def _count(summary: Summary, findings: Path) -> None:
    table = pq.read_table(findings, columns=["detector", "fraud_type", "simulated", "subject_kind", "subject"])
    with duckdb.connect() as database:
        database.register("found", table)
        counts = "SELECT {0}, count(*) FROM found GROUP BY 1 ORDER BY 2 DESC, 1"
        summary.by_detector = dict(database.execute(counts.format("detector")).fetchall())
        summary.by_fraud_type = dict(database.execute(counts.format("fraud_type")).fetchall())
        subjects = "SELECT count(*) FROM (SELECT DISTINCT subject_kind, subject FROM found)"
        summary.suspects = database.execute(subjects).fetchall()[0][0]
        summary.simulated = database.execute("SELECT count(*) FROM found WHERE simulated").fetchall()[0][0]
