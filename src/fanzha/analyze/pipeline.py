"""The main job: sources are read, put in order, shown to the detectors; findings, rejects and a report come out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from fanzha import __version__
from fanzha.analyze.assemble import assemble
from fanzha.analyze.gather import Watcher, join_rejects, read_sources, sort_tables, started
from fanzha.analyze.journal import Journal
from fanzha.analyze.operated import governance, operated, operated_key, own_rules
from fanzha.analyze.order import slices
from fanzha.analyze.profile.derive import TABLE, derive
from fanzha.analyze.report import write_report
from fanzha.analyze.sessions import detect
from fanzha.analyze.spool import Spooled
from fanzha.analyze.summary import Summary
from fanzha.base.errors import WrongCall
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.fraud_type import TO_WARN
from fanzha.detect import Detector, all_detectors
from fanzha.events import all_events
from fanzha.read import SourceFile, find_sources
from fanzha.store.numbering_tables import number_holders


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
    slow: bool = False  # ask the slow tier where the fast one is in doubt


def analyze(options: Options, watcher: Watcher) -> Summary:
    """Run the whole analysis; interrupted and called again with the same options, it goes on where it was."""
    began = time.monotonic()
    chosen = _chosen(options.detectors, slow=options.slow)
    inputs = list(find_sources(options.paths, map_file=options.map_file, table=options.table or "", out=options.out))
    journal = Journal(options.out, _run_key(options, inputs, chosen))
    summary = Summary(
        version=__version__,
        started_at=started(journal),
        resumed=journal.resumed,
        detectors=list(chosen),
        out=str(options.out),
    )
    read = read_sources(
        inputs, summary, journal, watcher, since=options.since, until=options.until, basis=options.basis
    )
    tables = sort_tables(read, summary, journal, watcher)
    made, noted = 0, list[Words]()
    if any(TABLE in detector.reads for detector in chosen.values()):
        tables, made, noted = derive(tables, journal, watcher)
    watcher.stage("分析 detecting", sum(summary.events.values()) + made)
    schemas = {name: all_events()[name].schema for name in tables}
    pieces = slices(tables, schemas, words=True)
    summary.notes = noted + detect(pieces, chosen, journal, watcher.advance, governance(), number_holders())
    _write(read, summary, journal, options, began)
    journal.close()
    return summary


def _chosen(names: tuple[str, ...], *, slow: bool) -> Mapping[str, Detector]:
    known = {**all_detectors(), **own_rules()}
    if unknown := [name for name in names if name not in known]:
        raise WrongCall(f"no detector is called {unknown[0]!r}", fix=f"there are: {', '.join(known)}")
    chosen = {name: known[name] for name in names} if names else known
    return operated({name: one.with_slow_tier() for name, one in chosen.items()} if slow else chosen)


def _run_key(options: Options, inputs: list[SourceFile], chosen: Mapping[str, Detector]) -> str:
    """Name the run by all that decides its result, so that only the same run is gone on with."""
    versions = [f"{name} {detector.version}" for name, detector in chosen.items()]
    stats = [(source.name, source.size, source.path.stat().st_mtime_ns, repr(source.map)) for source in inputs]
    asked = (operated_key(), options.table, options.since, options.until, options.basis, options.slow)
    return digest(__version__, repr(versions), repr(stats), repr(asked))


def _write(read: list[Spooled], summary: Summary, journal: Journal, options: Options, began: float) -> None:
    findings, rejects = options.out / "findings.parquet", options.out / "rejects.jsonl"
    summary.findings = assemble(sorted(journal.subfolder("findings").glob("*.parquet")), findings)
    join_rejects([Path(one.rejects) for one in read], rejects)
    _count(summary, findings)
    summary.seconds = time.monotonic() - began
    write_report(summary, findings, rejects, options.out / "report.html", unmasked=options.unmask)


def _count(summary: Summary, findings: Path) -> None:
    table = pq.read_table(findings, columns=["detector", "fraud_type", "simulated", "subject_kind", "subject"])
    with duckdb.connect() as database:
        database.register("found", table)
        counts = "SELECT {0}, count(*) FROM found GROUP BY 1 ORDER BY 2 DESC, 1"
        summary.by_detector = dict(database.execute(counts.format("detector")).fetchall())
        summary.by_fraud_type = dict(database.execute(counts.format("fraud_type")).fetchall())
        subjects = """SELECT count(DISTINCT (subject_kind, subject)) FILTER (NOT list_contains($types, fraud_type)),
            count(DISTINCT (subject_kind, subject)) FILTER (list_contains($types, fraud_type)) FROM found"""
        ((summary.suspects, summary.to_warn),) = database.execute(subjects, {"types": sorted(TO_WARN)}).fetchall()
        summary.simulated = database.execute("SELECT count(*) FROM found WHERE simulated").fetchall()[0][0]
