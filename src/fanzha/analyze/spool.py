"""Read one source into Parquet parts, and count its rows."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fanzha.analyze.journal import Journal
from fanzha.analyze.summary import SourceSummary
from fanzha.base.clock import EARLIEST_MS, LATEST_MS
from fanzha.read import EventBatch, ReadContext, SourceFile, read_batches


class SpooledSource(msgspec.Struct):
    """A source that was read completely: its counts, its Parquet parts and its rejects file."""

    account: SourceSummary
    parts: dict[str, str] = {}  # event table -> file
    rejects: str = ""


def spool(
    source: SourceFile,
    number: int,
    terms: ReadContext,
    journal: Journal,
    *,
    since: int | None = None,
    until: int | None = None,
    advance: Callable[[int], None] = lambda size: None,
) -> SpooledSource:
    """Read a source into `<journal>/spool/<number>/`; a source that was read before is not opened again."""
    name = f"spool/{number:06d}"
    if (recorded := journal.recall(name, SpooledSource)) is not None:
        advance(source.size)
        return recorded
    account = SourceSummary(path=source.name, format=source.format)
    spooled = SpooledSource(account)
    folder = journal.subfolder("spool", f"{number:06d}")
    position = 0
    with ExitStack() as stack:
        rejects = stack.enter_context((folder / "rejects.jsonl").open("wb"))
        writers: dict[str, pq.ParquetWriter] = {}
        for batch in read_batches(source, terms):
            for table, events in batch.tables.items():
                selected = _filter_time(events, since, until)
                account.outside += events.num_rows - selected.num_rows
                account.tables[table] = account.tables.get(table, 0) + selected.num_rows
                if table not in writers:
                    spooled.parts[table] = str(folder / f"{table}.parquet")
                    writers[table] = stack.enter_context(pq.ParquetWriter(spooled.parts[table], events.schema))
                writers[table].write_batch(selected)
            _add_counts(account, batch)
            rejects.writelines(msgspec.json.encode(reject) + b"\n" for reject in batch.rejects)
            advance(max(0, batch.position - position))
            position = max(position, batch.position)
    spooled.rejects = str(folder / "rejects.jsonl")
    journal.record(name, spooled, map(Path, (spooled.rejects, *spooled.parts.values())))
    advance(max(0, source.size - position))
    return spooled


def _add_counts(account: SourceSummary, batch: EventBatch) -> None:
    account.read += batch.read
    account.used += batch.used
    account.rejected += len(batch.rejects)
    account.waiting += batch.waiting
    for note in batch.notes:
        words = f"{note.zh} {note.en}"
        if words not in account.notes:
            account.notes.append(words)


def _filter_time(events: pa.RecordBatch, since: int | None, until: int | None) -> pa.RecordBatch:
    if since is None and until is None:
        return events
    moments = events.column("occurred_at")
    low = pc.greater_equal(moments, pa.scalar(since if since is not None else EARLIEST_MS, pa.int64()))
    high = pc.less(moments, pa.scalar(until if until is not None else LATEST_MS, pa.int64()))
    return events.filter(pc.and_(low, high))
