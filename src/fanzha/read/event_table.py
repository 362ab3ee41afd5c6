"""Parquet files of one event table that `fanzha.api` staged: read as they are, checked and not converted again."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.clock import EARLIEST_MS, LATEST_MS
from fanzha.base.words import Words
from fanzha.events import Column, EventTable, all_events
from fanzha.kinds.phone_number import KIND, classify_many
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.text import to_mask
from fanzha.read._reader import EventBatch, FileHead, ReadContext, Reader, SourceFile
from fanzha.read._rejects import Reject, UnreadableSource, make_reject
from fanzha.read._table_reader import NO_BASIS
from fanzha.read.parquet import count_batch_rows, open_parquet, slice_batch

NO_MAP = Words(
    "事件表文件须由列映射写明 table 与 format", "a file of an event table needs a map with `table` and `format`"
)
OTHER_COLUMNS = Words(
    "列与事件表 {table} 不符：{columns}", "its columns are not those of the event table {table}: {columns}"
)
EMPTY_CELL = Words("必填列为空", "a required column is empty")
NO_TIME = Words("时间超出 1990 至 2100 年", "the time is not between 1990 and 2100")
NO_VALUE = Words("不在允许的取值之列", "not one of the values of the column")
NOT_NORMALISED = Words(
    "号码不是标准形式；请先用 fanzha.api.read 读取",
    "the number is not in its canonical form: pass the frame through fanzha.api.read first",
)


class EventTableReader(Reader):
    """Event tables in Parquet, named by their map only: their rows are events already."""

    name = "event-table"
    title = Words("事件表（Parquet，须由列映射指明）", "event tables in Parquet, if their map names the format")

    def recognise(self, head: FileHead) -> float:
        """Return 0: only a map names this format."""
        return 0.0

    def read(self, source: SourceFile, context: ReadContext) -> Iterator[EventBatch]:
        """Yield the rows whose cells an event can have; reject the others with a reason."""
        table = all_events().get(source.map.table if source.map else "")
        if table is None:
            raise UnreadableSource(NO_MAP)
        first = 1
        with open_parquet(source) as file:
            _check_columns(file.schema_arrow, table)
            total = max(1, file.metadata.num_rows)
            for batch in file.iter_batches(count_batch_rows(file), columns=table.schema.names, use_threads=False):
                for part in slice_batch(batch):
                    events = _add_basis(part, table, context.basis)
                    good, rejects = _check_rows(events, table, source.name, first)
                    first += part.num_rows
                    kept = events.filter(pa.array(good))
                    tables = {table.name: kept} if kept.num_rows else {}
                    position = source.size * (first - 1) // total
                    yield EventBatch(tables, rejects, part.num_rows, kept.num_rows, 0, position)


READER = EventTableReader()


def _check_columns(found: pa.Schema, table: EventTable) -> None:
    """Raise UnreadableSource unless the file has the columns of the table, in their types and any order."""
    wrong = [f"{name} ({found.field(name).type})" for name in found.names if not _is_of(found.field(name), table)]
    wrong += [name for name in table.schema.names if name not in found.names]
    if wrong:
        raise UnreadableSource(OTHER_COLUMNS.format(table=table.name, columns=", ".join(wrong[:10])))


def _is_of(field: "pa.Field[pa.DataType]", table: EventTable) -> bool:
    return field.name in table.schema.names and field.type.equals(table.schema.field(field.name).type)


def _add_basis(batch: pa.RecordBatch, table: EventTable, basis: str) -> pa.RecordBatch:
    """Return the batch in the order of the table; rows with content and without a basis get that of the run."""
    columns = {name: batch.column(name) for name in table.schema.names}
    if basis:
        columns["basis"] = pc.coalesce(columns["basis"], pa.scalar(basis, pa.string()))
    content = [column.name for column in table.own if column.content]
    has_content = [to_mask(columns[name].is_valid()) for name in content]
    if has_content and (np.logical_or.reduce(has_content) & to_mask(columns["basis"].is_null())).any():
        raise UnreadableSource(NO_BASIS)
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


def _check_rows(
    batch: pa.RecordBatch, table: EventTable, file: str, first: int
) -> tuple[NDArray[np.bool_], tuple[Reject, ...]]:
    """Return which rows are events, and a reject for each other row. `first` is the number of the first row."""
    good = np.ones(batch.num_rows, np.bool_)
    rejects: list[Reject] = []
    for column in table.columns:
        cells = batch.column(column.name)
        for bad, reason in _find_faults(column, cells):
            for row in np.flatnonzero(bad & good):
                value = "" if column.content else str(cells[int(row)].as_py() or "")
                rejects.append(make_reject(file, first + int(row), column.name, reason, value))
            good &= ~bad
    return good, tuple(rejects)


def _find_faults(column: Column, cells: ArrowColumn) -> Iterator[tuple[NDArray[np.bool_], Words]]:
    """Yield masks of the cells that an event cannot have, each with the reason."""
    if column.required and cells.null_count:
        yield to_mask(cells.is_null()), EMPTY_CELL
    if column.name == "occurred_at":
        moments = cells.fill_null(EARLIEST_MS).to_numpy(zero_copy_only=False)
        yield (moments < EARLIEST_MS) | (moments >= LATEST_MS), NO_TIME
    if column.values:
        allowed = pc.is_in(cells, value_set=pa.array(column.values, cells.type))
        yield to_mask(cells.is_valid()) & ~to_mask(allowed), NO_VALUE
    if column.kind == KIND.name:
        yield to_mask(pc.not_equal(classify_many(cells)["canonical"], cells)), NOT_NORMALISED
