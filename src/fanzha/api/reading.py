"""Read files and frames into event tables, show how they are understood, and look single values up."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from fanzha.analyze.lookup import LookupResult, look_up
from fanzha.api._frames import Source, staged
from fanzha.base.errors import NothingUsable
from fanzha.events import all_events
from fanzha.read import ReadContext, ReadResult, SourceFile, SourceInspection, find_sources, inspect_source, read_source
from fanzha.store.numbering_tables import load_numbering_tables


def event_tables() -> dict[str, pa.Schema]:
    """Return the Arrow schema of every event table by name; units and titles are metadata of the fields."""
    return {name: table.schema for name, table in all_events().items()}


def read(source: Source, *, table: str = "", map_file: str | Path | None = None, basis: str = "") -> ReadResult:
    """Read files, folders or a frame completely into event tables, as `fanzha analyze` reads them.

    The result holds a pyarrow table for each event table, in the order of the rows, and a reject with a reason for
    each row that cannot be used; rows read are those used, rejected and waiting. The columns are understood by
    `map_file` (TOML), the map beside the file, or a proposal from headers and values (`inspect` shows it). `table`
    names the event table, or "calls" for one row per call; `basis` is the legal basis of message content.

    All events are held in memory: to analyse more than fits, pass the paths to `analyze`. Raise NothingUsable if no
    row could be used, UsageError if a path, map or frame is wrong, QuestionsOpen if a map has open questions.
    """
    whole = ReadResult()
    parts: dict[str, list[pa.Table]] = {}
    context = ReadContext(observed_at=time.time_ns() // 1_000_000, basis=basis)
    with _open_sources(source, table, map_file) as sources:
        for file in sources:
            result = read_source(file, context)
            for name, events in result.tables.items():
                parts.setdefault(name, []).append(events)
            whole.rejects += result.rejects
            whole.notes += [note for note in result.notes if note not in whole.notes]
            whole.read, whole.used = whole.read + result.read, whole.used + result.used
            whole.waiting += result.waiting
    whole.tables = {name: pa.concat_tables(tables) for name, tables in parts.items()}
    if not whole.used:
        reasons = dict.fromkeys(reject.reason for reject in whole.rejects)
        raise NothingUsable(
            f"not one row could be used: {'; '.join(list(reasons)[:3])}",
            fix="fanzha.api.inspect shows what is understood and proposes a column map",
        )
    return whole


def inspect(
    source: Source, *, table: str = "", map_file: str | Path | None = None, basis: str = "", rows: int = 100_000
) -> list[SourceInspection]:
    """Return how each file of a source would be read: columns with confidence, questions, counts, the map as TOML.

    The first `rows` rows are looked at (0: all). Values are masked. A file that is not understood has a problem.
    """
    context = ReadContext(observed_at=time.time_ns() // 1_000_000, basis=basis)
    with _open_sources(source, table, map_file) as sources:
        return [inspect_source(file, context, rows) for file in sources]


@contextmanager
def _open_sources(source: Source, table: str, map_file: str | Path | None) -> Iterator[list[SourceFile]]:
    with staged(source) as paths:
        yield find_sources(paths, map_file=Path(map_file) if map_file else None, table=table)


def lookup(value: str, *, kind: str | None = None) -> list[LookupResult]:
    """Look up a number, link, domain or document: return one result for each kind it may be, likeliest first.

    The likeness is 0-1; facts follow from the value and the operator's numbering tables; findings are those of
    detectors that one value is enough for. No finding does not mean that the value is safe. `kind` names the kind.
    Raise UsageError if the value is of no kind, or not of `kind`.
    """
    return look_up(value, kind, load_numbering_tables())
