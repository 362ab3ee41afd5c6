"""Analyse files, frames or event tables, and load findings."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.ingestion import ProgressListener
from fanzha.analyze.pipeline import Options
from fanzha.analyze.pipeline import analyze as run_analysis
from fanzha.analyze.summary import Summary
from fanzha.api._frames import Source, staged, to_moment
from fanzha.base.errors import UsageError
from fanzha.claims import Finding
from fanzha.claims.finding import FINDING_SCHEMA, OPTIONAL_COLUMNS, from_table
from fanzha.detect import Detector, all_detectors
from fanzha.read import Reject


@dataclass(frozen=True)
class Analysis:
    """The result of one analysis."""

    summary: Summary  # counts of rows, events and findings; notes for the operator
    findings: pa.Table  # of the columns of findings.parquet, the strongest first; subjects in full
    rejects: tuple[Reject, ...]  # rows that could not be used, with reasons
    out: Path | None  # the folder with findings.parquet, rejects.jsonl and report.html, if one was named


class SilentListener:
    """A listener that shows no progress."""

    def stage(self, words: str, total: int | None) -> None:
        """Ignore the stage."""

    def advance(self, steps: int = 1) -> None:
        """Ignore the steps."""


def list_detectors() -> dict[str, Detector]:
    """Return the built-in and installed detectors by name. Their attributes include title, tables read and version."""
    return dict(all_detectors())


def analyze(
    source: Source,
    *,
    out: str | Path | None = None,
    detectors: Sequence[str] = (),
    table: str = "",
    map_file: str | Path | None = None,
    since: str | datetime | None = None,
    until: str | datetime | None = None,
    basis: str = "",
    lines: int | None = None,
    unmask: bool = False,
    force: bool = False,
    progress: ProgressListener | None = None,
) -> Analysis:
    """Run detectors over files, folders, a frame or event tables, and return the suspects found, with reasons.

    Event tables are those that `fanzha.api.read` returns, or a mapping from their names to frames in their columns.
    Events are sorted by time and repeated ones dropped, so the rows may be in any order. `detectors`
    names some (default: all, and the operator's running rules). Only events from `since` on and before `until` count.
    With `out` the folder gets findings.parquet, rejects.jsonl and report.html (subjects masked unless `unmask`), and
    an interrupted analysis of files is resumed by the same call; the results of another run are replaced only with
    `force`. `table`, `map_file` and `basis` are those of reading. `lines` is the number of lines of the operator, for
    rates; else it is counted in the records.

    Files are read in bounded memory. Raise NothingUsable if no row could be used, UsageError for a wrong argument,
    path, map or frame.
    """
    with staged(source) as paths, open_folder(out) as folder:
        options = Options(
            paths=paths,
            out=folder,
            table=table or None,
            map_file=Path(map_file) if map_file else None,
            detectors=tuple(detectors),
            since=to_moment(since),
            until=to_moment(until),
            basis=basis,
            unmask=unmask,
            lines=lines,
            overwrite=force,
        )
        summary = run_analysis(options, progress or SilentListener())
        summary.check(strict=False)
        rejects = tuple(_read_rejects(folder / "rejects.jsonl"))
        return Analysis(summary, load_findings(folder), rejects, None if out is None else folder)


@contextmanager
def open_folder(out: str | Path | None) -> Iterator[Path]:
    """Provide the named folder, or a temporary one."""
    if out is not None:
        yield Path(out)
        return
    with TemporaryDirectory(prefix="fanzha-") as folder:
        yield Path(folder) / "out"


def _read_rejects(path: Path) -> Iterator[Reject]:
    with path.open("rb") as lines:
        for line in lines:
            yield msgspec.json.decode(line, type=Reject)


def load_findings(path: str | Path) -> pa.Table:
    """Return the findings of a findings.parquet, or of the folder of an analysis. Raise UsageError if there are none.

    Columns are those of `FINDING_SCHEMA`; a column that earlier versions did not write is null.
    """
    file = Path(path)
    file = file / "findings.parquet" if file.is_dir() else file
    try:
        table = pq.read_table(file, page_checksum_verification=True)
        for name in OPTIONAL_COLUMNS - set(table.column_names):
            column = FINDING_SCHEMA.field(name)
            table = table.append_column(column.with_nullable(True), pa.nulls(table.num_rows, column.type))
        return table.select(FINDING_SCHEMA.names)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise UsageError(f"{file}: findings cannot be read ({error})", fix="name what `analyze` wrote") from None


def to_findings(table: pa.Table) -> list[Finding]:
    """Return the rows of a table of findings as objects, in the same order."""
    return from_table(table)
