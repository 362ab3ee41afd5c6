"""The analysis pipeline: read sources, sort events, run detectors; write findings, rejects and a report."""

import ctypes
import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha import __version__
from fanzha.analyze.alarm_rate import CHINA_MS, DAY_MS, alarm_rate, measure_exposure
from fanzha.analyze.event_order import slices
from fanzha.analyze.ingestion import ProgressListener, first_started_at, join_rejects, read_sources, sort_tables
from fanzha.analyze.journal import Journal, require_own_folder
from fanzha.analyze.operator_settings import (
    apply_operator_settings,
    governance,
    operator_rules,
    operator_settings_digest,
)
from fanzha.analyze.profile.derived_table import TABLE, add_profiles
from fanzha.analyze.report import write_report
from fanzha.analyze.sessions import detect
from fanzha.analyze.spool import SpooledSource
from fanzha.analyze.summary import Summary
from fanzha.base.errors import UsageError
from fanzha.base.ids import digest
from fanzha.base.memory import release_free_memory
from fanzha.base.words import Words
from fanzha.claims.finding import FINDING_SCHEMA, Maturity, SubjectRole
from fanzha.detect import Detector, all_detectors, find_name
from fanzha.events import all_events
from fanzha.read import PartialCounts, SourceFile, find_sources, settle_maps
from fanzha.store.numbering_tables import load_holders


@dataclass(frozen=True)
class Options:
    """The options of an analysis; times are UTC milliseconds."""

    paths: tuple[Path, ...]
    out: Path
    table: str | None = None
    map_file: Path | None = None
    detectors: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    basis: str = ""
    unmask: bool = False
    lines: int | None = None  # of the operator; None: counted in the records
    accept: bool | None = None  # of unsure proposed maps: take the sure columns, or refuse; None: use them whole
    overwrite: bool = True  # replace what another run left in `out`


def analyze(
    options: Options,
    listener: ProgressListener,
    inspect: Callable[[Mapping[str, Path]], None] = lambda tables: None,
) -> Summary:
    """Run the whole analysis. A run that was interrupted is resumed if it is called with the same options.

    `inspect` is called with the sorted files of the event tables before they are removed.
    """
    start_time = time.monotonic()
    detectors = select_detectors(options.detectors)
    inputs = list(find_sources(options.paths, map_file=options.map_file, table=options.table or "", out=options.out))
    if options.accept is not None:
        inputs = settle_maps(inputs, accept=options.accept)
    run_key = _run_key(options, inputs, detectors)
    if not options.overwrite:
        require_own_folder(options.out, run_key, run_key)
    journal = Journal(options.out, run_key)
    summary = Summary(
        version=__version__,
        started_at=first_started_at(journal),
        resumed=journal.resumed,
        detectors=list(detectors),
        out=str(options.out),
    )
    spooled = read_sources(
        inputs, summary, journal, listener, since=options.since, until=options.until, basis=options.basis
    )
    release_free_memory()
    tables = sorted_tables = sort_tables(spooled, summary, journal, listener)
    release_free_memory()
    summary.exposure = measure_exposure(tables, journal.subfolder("scratch"), lines=options.lines)
    profile_count, profile_notes = 0, list[Words]()
    if any(TABLE in detector.reads for detector in detectors.values()):
        tables, profile_count, profile_notes = add_profiles(tables, journal, listener)
    listener.stage("分析 detecting", sum(summary.events.values()) + profile_count)
    schemas = {name: all_events()[name].schema for name in tables}
    pieces = slices(tables, schemas, dictionaries=True)
    partial_notes = [summary.partial.words] if summary.partial != PartialCounts() else []
    summary.notes = partial_notes + profile_notes
    summary.notes += detect(pieces, detectors, journal, listener.advance, governance(), load_holders())
    _write_results(spooled, summary, journal, options, start_time)
    inspect(sorted_tables)
    journal.finish(run_key)
    return summary


def select_detectors(names: tuple[str, ...]) -> Mapping[str, Detector]:
    """Return the named detectors (none: all) with the operator's rules and settings. Raise UsageError."""
    available = {**all_detectors(), **operator_rules()}
    names = tuple(find_name(name, available) for name in names)
    if unknown := [name for name in names if name not in available]:
        raise UsageError(f"no detector is called {unknown[0]!r}", fix=f"there are: {', '.join(available)}")
    return apply_operator_settings({name: available[name] for name in names} if names else available)


def _run_key(options: Options, inputs: list[SourceFile], detectors: Mapping[str, Detector]) -> str:
    """Return a digest of everything that decides the result; only a run with the same digest is resumed."""
    versions = [f"{name} {detector.version}" for name, detector in detectors.items()]
    stats = [(source.name, source.size, source.path.stat().st_mtime_ns, repr(source.map)) for source in inputs]
    parameters = (operator_settings_digest(), options.table, options.since, options.until, options.basis)
    return digest(__version__, repr(versions), repr(stats), repr(parameters))


def _write_results(
    spooled: list[SpooledSource], summary: Summary, journal: Journal, options: Options, start_time: float
) -> None:
    findings, rejects = options.out / "findings.parquet", options.out / "rejects.jsonl"
    summary.findings = merge_findings(sorted(journal.subfolder("findings").glob("*.parquet")), findings)
    join_rejects([Path(source.rejects) for source in spooled], rejects)
    _count_findings(summary, findings)
    summary.seconds = time.monotonic() - start_time
    write_report(summary, findings, rejects, options.out / "report.html", unmasked=options.unmask)


def _count_findings(summary: Summary, findings: Path) -> None:
    columns = ["detector", "fraud_type", "simulated", "subject_kind", "subject", "maturity", "found_at", "role"]
    table = pq.read_table(findings, columns=columns)
    with duckdb.connect() as database:
        database.register("found", table)
        counts = "SELECT {0}, count(*) FROM found GROUP BY 1 ORDER BY 2 DESC, 1"
        summary.by_detector = dict(database.execute(counts.format("detector")).fetchall())
        summary.by_fraud_type = dict(database.execute(counts.format("fraud_type")).fetchall())
        subjects = """SELECT count(DISTINCT (subject_kind, subject)) FILTER (role <> $victim),
            count(DISTINCT (subject_kind, subject)) FILTER (role = $victim) FROM found"""
        ((summary.suspects, summary.to_warn),) = database.execute(subjects, {"victim": SubjectRole.VICTIM}).fetchall()
        summary.by_maturity = _in_order(dict(database.execute(counts.format("maturity")).fetchall()))
        for warn in (False, True):
            by_maturity = database.execute(_SUBJECTS_BY_MATURITY, {"warn": warn}).fetchall()
            counts_by_maturity = _in_order({tuple(Maturity)[rank].value: count for rank, count, _ in by_maturity})
            days = _in_order({tuple(Maturity)[rank].value: count for rank, _, count in by_maturity})
            alarms = {name: alarm_rate(count, summary.exposure) for name, count in days.items()}
            if warn:
                summary.to_warn_by_maturity, summary.warnings_by_maturity = counts_by_maturity, alarms
            else:
                summary.suspects_by_maturity, summary.alarms_by_maturity = counts_by_maturity, alarms
        summary.simulated = database.execute("SELECT count(*) FROM found WHERE simulated").fetchall()[0][0]


#: Subjects, and pairs of subject and day, by the most mature finding of each.
_SUBJECTS_BY_MATURITY = f"""WITH rows AS (
    SELECT subject_kind, subject, (found_at + {CHINA_MS}) // {DAY_MS} AS day,
        list_position({[maturity.value for maturity in Maturity]}, maturity) - 1 AS rank
    FROM found WHERE (role = '{SubjectRole.VICTIM}') = $warn
), subjects AS (SELECT min(rank) AS rank FROM rows GROUP BY subject_kind, subject),
days AS (SELECT min(rank) AS rank FROM rows GROUP BY subject_kind, subject, day)
SELECT rank, coalesce(subject_count, 0), coalesce(day_count, 0)
FROM (SELECT rank, count(*) AS subject_count FROM subjects GROUP BY rank)
FULL JOIN (SELECT rank, count(*) AS day_count FROM days GROUP BY rank) USING (rank)"""


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts in the order of `Maturity`."""
    return {maturity.value: counts[maturity] for maturity in Maturity if counts.get(maturity)}


_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # malloc.h of the GNU C library
_DISABLED = -1
_LARGE = 32 << 20  # bytes; the largest value that the library accepts
_STEP = 64 << 20
_ALLOCATIONS_PER_COLLECTION = 50_000


def tune_allocator() -> bool:
    """Let this process keep freed memory, except for very large arrays; return whether the C library supports it.

    For a process that runs one analysis and exits: it more than halves the time spent in page faults. The collector
    looks for reference cycles seldom, since an analysis makes few.
    """
    gc.set_threshold(_ALLOCATIONS_PER_COLLECTION, 20, 20)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    pa.set_memory_pool(pa.system_memory_pool())
    settings = ((_TRIM_THRESHOLD, _DISABLED), (_TOP_PAD, _STEP), (_MMAP_THRESHOLD, _LARGE))
    return all(mallopt(option, value) == 1 for option, value in settings)


def merge_findings(parts: list[Path], target: Path) -> int:
    """Write findings.parquet from its parts; return the number of findings."""
    part_file = target.with_name(target.name + ".part")
    with pq.ParquetWriter(part_file, FINDING_SCHEMA, compression="zstd", write_page_checksum=True) as writer:
        for batch in _strongest_first(parts):
            writer.write_batch(batch)
    part_file.replace(target)
    return int(pq.read_metadata(target).num_rows)


def _strongest_first(parts: list[Path]) -> list[pa.RecordBatch]:
    if not parts:
        return []
    with duckdb.connect() as database:
        rows = database.sql(
            """SELECT * FROM read_parquet(?)
               QUALIFY row_number() OVER (
                   PARTITION BY finding_id ORDER BY mode = 'live' DESC, score DESC, found_at, evidence) = 1
               ORDER BY score DESC, found_at, finding_id""",
            params=[[str(part) for part in parts]],
        ).to_arrow_table()
    batches: list[pa.RecordBatch] = rows.cast(FINDING_SCHEMA).to_batches()
    return batches
