"""Base class of call record readers: rows are parsed to records, assembled to calls, and mapped like a table."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._calls.assembly import AssembledCall, CallAssembler, merge_records
from fanzha.read._calls.record import CallRecord, InvalidRecord, UnfinishedRecord
from fanzha.read._chunks import UNFINISHED
from fanzha.read._convert.rows import RawRows, lookup_numbers
from fanzha.read._convert.zone import Zone
from fanzha.read._map.column_map import ColumnMap, ColumnSource, FileLayout, TimeSettings
from fanzha.read._map.targets import CALLS
from fanzha.read._propose.proposal import add_ingress
from fanzha.read._reader import SourceFile
from fanzha.read._rejects import Reject, UnreadableSource, make_reject
from fanzha.read._table_reader import ResolvedMap, TablePreview, TableReader

NO_RECORDS = Words("没有话单", "there is no call record in it")
_TIMES = ("occurred_at", "answered_at", "ended_at")
_BATCH_CALLS = 16_384
_TYPES: dict[str, pa.DataType] = {
    "answered": pa.bool_(), "partial": pa.bool_(), "release_cause": pa.int32(), "occurred_at": pa.int64(),
    "answered_at": pa.int64(), "ended_at": pa.int64(), "talk_ms": pa.int64(), "ring_ms": pa.int64(),
}  # fmt: skip


class RecordLine(NamedTuple):
    """One row of a call record file: a record, or why it is invalid. `position` is in bytes of the file."""

    row: int
    record: CallRecord | InvalidRecord | UnfinishedRecord | None  # None: no call record; it is skipped and counted
    position: int


class CallReader(TableReader):
    """A call record format. A map beside the file may add constants, translate trunks, and set the time zone."""

    @abstractmethod
    def read_records(self, source: SourceFile, zone: Zone, layout: FileLayout) -> Iterator[RecordLine]:
        """Yield the rows of the file as records, in their order."""

    def preview(self, source: SourceFile, layout: FileLayout) -> TablePreview:
        """Return the columns of calls and the first calls."""
        zone = Zone(source.map.time.zone if source.map else TimeSettings().zone)
        records = [line.record for line in islice(self.read_records(source, zone, layout), 2_000)]
        calls = [
            call
            for call, _ in islice(_assemble_calls(record for record in records if isinstance(record, CallRecord)), 200)
        ]
        return TablePreview(
            AssembledCall._fields, dict(zip(AssembledCall._fields, _build_columns(calls), strict=True)), layout
        )

    def resolve_map(self, source: SourceFile) -> ResolvedMap:
        """Return the preview, and the format's own map extended by the source's map."""
        preview = self.preview(source, source.map.file if source.map else FileLayout())
        columns: dict[str, str | tuple[str, ...] | ColumnSource] = {name: name for name in AssembledCall._fields}
        columns |= {name: ColumnSource(from_=name, format="epoch_ms") for name in _TIMES}
        columns |= {name: ColumnSource(from_=name, unit="ms") for name in ("talk_ms", "ring_ms")}
        if source.map is None:
            return ResolvedMap(preview, *add_ingress(ColumnMap(table=CALLS, columns=columns), source.path.name))
        map_ = msgspec.structs.replace(source.map, table=CALLS, columns=columns | source.map.columns)
        return ResolvedMap(preview, map_)

    def read_rows(self, source: SourceFile, preview: TablePreview, map_: ColumnMap) -> Iterator[RawRows]:
        """Yield assembled calls. Memory holds the open calls."""
        assembler, ready = CallAssembler(), list[list[CallRecord]]()
        rejects: list[Reject] = []
        skipped, waiting, unfinished, position = 0, 0, 0, 0
        for row, record, position in self.read_records(source, Zone(map_.time.zone), map_.file):
            if record is None:
                skipped += 1
            elif isinstance(record, UnfinishedRecord):
                unfinished += 1
            elif isinstance(record, InvalidRecord):
                reason = Words(record.zh, record.en)
                rejects.append(make_reject(source.name, row, record.column, reason, record.value))
            else:
                ready += assembler.add(record)
            if len(ready) + len(rejects) >= _BATCH_CALLS:
                waiting += _count_orphans(ready)
                yield _build_rows(ready, rejects, position)
                ready, rejects = [], []
        for call in assembler.flush():
            ready.append(call)
            if len(ready) >= _BATCH_CALLS:
                waiting += _count_orphans(ready)
                yield _build_rows(ready, rejects, position)
                ready, rejects = [], []
        waiting += _count_orphans(ready)
        if not (ready or rejects or skipped or position):
            raise UnreadableSource(NO_RECORDS)
        notes = (*_format_skipped_note(skipped), *_format_waiting_note(waiting), *([UNFINISHED] if unfinished else []))
        rows = _build_rows(ready, rejects, position, notes)
        yield replace(rows, waiting=rows.waiting + unfinished)


def _assemble_calls(records: Iterator[CallRecord]) -> Iterator[tuple[AssembledCall, list[CallRecord]]]:
    assembler = CallAssembler()
    for record in records:
        for call in assembler.add(record):
            yield merge_records(call), call
    for call in assembler.flush():
        yield merge_records(call), call


def _build_rows(
    calls: list[list[CallRecord]], rejects: list[Reject], position: int, notes: tuple[Words, ...] = ()
) -> RawRows:
    waiting = _count_orphans(calls)
    calls = [call for call in calls if any(record.begins for record in call)]
    assembled = [merge_records(call) for call in calls]
    source_rows = tuple(tuple(record.row for record in call) for call in calls)
    columns = dict(zip(AssembledCall._fields, _build_columns(assembled), strict=True))
    first_rows = np.array([call[0] for call in source_rows], np.int64)
    return RawRows(
        columns, len(assembled), lookup_numbers(first_rows), tuple(rejects), position, notes, source_rows, waiting
    )


def _build_columns(calls: list[AssembledCall]) -> Iterator[ArrowColumn]:
    columns = zip(*calls, strict=True) if calls else [()] * len(AssembledCall._fields)
    for name, values in zip(AssembledCall._fields, columns, strict=True):
        type_ = _TYPES.get(name, pa.string())
        cells = [None if value == "" else value for value in values] if type_ == pa.string() else values
        yield pa.array(cells, type_)


def _count_orphans(calls: list[list[CallRecord]]) -> int:
    """Count the rows of calls whose first record is not in the file."""
    return sum(len(call) for call in calls if not any(record.begins for record in call))


def _format_waiting_note(count: int) -> tuple[Words, ...]:
    if not count:
        return ()
    zh = f"{count} 行的呼叫开始不在本文件中，未计入（请将前后文件合并）"
    return (Words(zh, f"{count} rows wait for the beginning of their call, which is in another file: join them"),)


def _format_skipped_note(count: int) -> tuple[Words, ...]:
    if not count:
        return ()
    return (Words(f"略过 {count} 行非通话记录", f"{count} lines that are no call records passed over"),)
