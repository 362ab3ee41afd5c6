"""Readers of call records: rows become records, records become calls, calls go through the column map like a table."""

from abc import abstractmethod
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._calls.gather import Gather
from fanzha.read._calls.record import Record, Refused
from fanzha.read._calls.together import Told, together
from fanzha.read._convert.rows import Rows, numbered
from fanzha.read._convert.zone import Zone
from fanzha.read._map.column_map import ColumnMap, Layout, Take, Times
from fanzha.read._map.targets import CALLS
from fanzha.read._propose.ingress import with_ingress
from fanzha.read._reader import Source
from fanzha.read._rejects import Reject, Unreadable, reject
from fanzha.read._table_reader import Look, TableReader, Understood

NO_RECORDS = Words("没有话单", "there is no call record in it")
_TIMES = ("occurred_at", "answered_at", "ended_at")
_BATCH_CALLS = 16_384
_TYPES: dict[str, pa.DataType] = {
    "answered": pa.bool_(), "partial": pa.bool_(), "release_cause": pa.int32(), "occurred_at": pa.int64(),
    "answered_at": pa.int64(), "ended_at": pa.int64(), "talk_ms": pa.int64(), "ring_ms": pa.int64(),
}  # fmt: skip


class Line(NamedTuple):
    """One row of a call record file: a record, or why it is none; `position` is how far the file has been read."""

    row: int
    record: Record | Refused | None  # None: a row that is no call (passed over, counted)
    position: int


class CallReader(TableReader):
    """A call record format; the map beside the file may add constants, translate trunks, and set the clock."""

    @abstractmethod
    def lines(self, source: Source, zone: Zone, layout: Layout) -> Iterator[Line]:
        """Yield the file's rows as records, in the file's order."""

    def look(self, source: Source, layout: Layout) -> Look:
        """Return the columns calls have and the first calls."""
        zone = Zone(source.map.time.zone if source.map else Times().zone)
        records = [line.record for line in islice(self.lines(source, zone, layout), 2_000)]
        calls = [told for told, _ in islice(_calls(record for record in records if isinstance(record, Record)), 200)]
        return Look(Told._fields, dict(zip(Told._fields, _columns(calls), strict=True)), layout)

    def understand(self, source: Source) -> Understood:
        """Return the look, and the format's own map with what the written one adds to it."""
        look = self.look(source, source.map.file if source.map else Layout())
        columns: dict[str, str | tuple[str, ...] | Take] = {name: name for name in Told._fields}
        columns |= {name: Take(from_=name, format="epoch_ms") for name in _TIMES}
        columns |= {name: Take(from_=name, unit="ms") for name in ("talk_ms", "ring_ms")}
        if source.map is None:
            return Understood(look, *with_ingress(ColumnMap(table=CALLS, columns=columns), source.path.name))
        map_ = msgspec.structs.replace(source.map, table=CALLS, columns=columns | source.map.columns)
        return Understood(look, map_)

    def rows(self, source: Source, look: Look, map_: ColumnMap) -> Iterator[Rows]:
        """Yield put-together calls; memory holds the calls that are open."""
        gather, ready = Gather(), list[list[Record]]()
        rejects: list[Reject] = []
        passed, waiting, position = 0, 0, 0
        for row, record, position in self.lines(source, Zone(map_.time.zone), map_.file):
            if record is None:
                passed += 1
            elif isinstance(record, Refused):
                why = Words(record.zh, record.en)
                rejects.append(reject(source.name, row, record.column, why, record.value))
            else:
                ready += gather.add(record)
            if len(ready) + len(rejects) >= _BATCH_CALLS:
                waiting += _orphans(ready)
                yield _rows(ready, rejects, position)
                ready, rejects = [], []
        for call in gather.finish():
            ready.append(call)
            if len(ready) >= _BATCH_CALLS:
                waiting += _orphans(ready)
                yield _rows(ready, rejects, position)
                ready, rejects = [], []
        waiting += _orphans(ready)
        if not (ready or rejects or passed or position):
            raise Unreadable(NO_RECORDS)
        yield _rows(ready, rejects, position, (*_passed(passed), *_waiting(waiting)))


def _calls(records: Iterator[Record]) -> Iterator[tuple[Told, list[Record]]]:
    gather = Gather()
    for record in records:
        for call in gather.add(record):
            yield together(call), call
    for call in gather.finish():
        yield together(call), call


def _rows(calls: list[list[Record]], rejects: list[Reject], position: int, notes: tuple[Words, ...] = ()) -> Rows:
    waiting = _orphans(calls)
    calls = [call for call in calls if any(record.begins for record in call)]
    told = [together(call) for call in calls]
    members = tuple(tuple(record.row for record in call) for call in calls)
    columns = dict(zip(Told._fields, _columns(told), strict=True))
    first = np.array([call[0] for call in members], np.int64)
    return Rows(columns, len(told), numbered(first), tuple(rejects), position, notes, members, waiting)


def _columns(calls: list[Told]) -> Iterator[ArrowColumn]:
    columns = zip(*calls, strict=True) if calls else [()] * len(Told._fields)
    for name, values in zip(Told._fields, columns, strict=True):
        type_ = _TYPES.get(name, pa.string())
        there = [None if value == "" else value for value in values] if type_ == pa.string() else values
        yield pa.array(there, type_)


def _orphans(calls: list[list[Record]]) -> int:
    """Count the rows of calls whose beginning is not in the file."""
    return sum(len(call) for call in calls if not any(record.begins for record in call))


def _waiting(count: int) -> tuple[Words, ...]:
    if not count:
        return ()
    zh = f"{count} 行的呼叫开始不在本文件中，未计入（请将前后文件合并）"
    return (Words(zh, f"{count} rows wait for the beginning of their call, which is in another file: join them"),)


def _passed(count: int) -> tuple[Words, ...]:
    if not count:
        return ()
    return (Words(f"略过 {count} 行非通话记录", f"{count} lines that are no call records passed over"),)
