"""Parquet files: batches sized by what they unpack to, so that a small file cannot fill the memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.rows import Rows, counted_from
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._opening import FREE_BYTES, MOST_TIMES
from fanzha.read._reader import Head, Source
from fanzha.read._rejects import Unreadable
from fanzha.read._table_reader import Look, TableReader, wanted

DAMAGED = Words("Parquet 文件不完整或已损坏", "the Parquet file is cut off or damaged")
BOMB = Words("声称的行数远超文件大小所能容纳", "it claims more rows than its size can hold")
PACKED = Words("请先解压 Parquet 文件", "unpack the Parquet file first: it must stand on its own")
_BATCH_ROWS = 65_536
_ROWS_A_BYTE = 100
_SAMPLE_ROWS = 400


class Parquet(TableReader):
    """Columnar files of analytics systems."""

    name = "parquet"
    title = Words("Parquet 列式文件", "Parquet")

    def recognise(self, head: Head) -> float:
        """The four bytes PAR1 say so."""
        return 1.0 if head.data.startswith(b"PAR1") else 0.0

    def look(self, source: Source, layout: Layout) -> Look:
        """Read names and the first rows."""
        with _file(source) as file:
            names = tuple(file.schema_arrow.names)
            batch = next(file.iter_batches(batch_size=_SAMPLE_ROWS, use_threads=False), None)
            sample = {name: batch.column(i) if batch is not None else pa.nulls(0) for i, name in enumerate(names)}
            return Look(names, sample, layout)

    def rows(self, source: Source, look: Look, map_: ColumnMap) -> Iterator[Rows]:
        """Yield the columns the map names, in pieces that stay small when they are unpacked."""
        names = wanted(look, map_)
        with _file(source, _texts(source, names)) as file:
            first, total = 1, max(1, file.metadata.num_rows)
            for batch in file.iter_batches(_rows_at_once(file), columns=names, use_threads=False):
                for piece in _pieces(batch):
                    columns: dict[str, ArrowColumn] = dict(zip(piece.schema.names, piece.columns, strict=True))
                    position = source.size * (first - 1 + piece.num_rows) // total
                    yield Rows(columns, piece.num_rows, counted_from(first), (), position)
                    first += piece.num_rows


READER = Parquet()


@contextmanager
def _file(source: Source, texts: Sequence[str] = ()) -> "Iterator[pq.ParquetFile]":
    if source.member:
        raise Unreadable(PACKED)
    try:
        limits: Any = {"thrift_string_size_limit": FREE_BYTES, "thrift_container_size_limit": 1_000_000}
        with pq.ParquetFile(source.path, memory_map=False, read_dictionary=list(texts), **limits) as file:
            _check(file, source.size)
            yield file
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, MemoryError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(DAMAGED) from error


def _check(file: pq.ParquetFile, size: int) -> None:
    meta = file.metadata
    unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    if meta.num_rows > _ROWS_A_BYTE * size or unpacked > FREE_BYTES + MOST_TIMES * size:
        raise Unreadable(BOMB)


def _rows_at_once(file: pq.ParquetFile) -> int:
    meta = file.metadata
    unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    return max(256, min(_BATCH_ROWS, FREE_BYTES // max(1, unpacked // max(1, meta.num_rows))))


def _texts(source: Source, names: list[str]) -> list[str]:
    """Return the columns of text: read as dictionaries, so that one long value repeated is held once."""
    with _file(source) as file:
        types = {field.name: field.type for field in file.schema_arrow}
    return [name for name in names if pa.types.is_string(types[name]) or pa.types.is_large_string(types[name])]


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Cut a batch so that no piece unpacks to more than a few dozen megabytes."""
    sizes = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            sizes += _sizes(column)
    ends = np.searchsorted(np.cumsum(sizes), np.arange(FREE_BYTES, int(sizes.sum()), FREE_BYTES), side="right")
    start = 0
    for end in [*dict.fromkeys(int(end) for end in ends), batch.num_rows]:
        if end > start:
            yield batch.slice(start, end - start)
            start = end


def _sizes(column: ArrowColumn) -> NDArray[np.int64]:
    """Return how many bytes each cell of a dictionary column is; other values than text count nothing."""
    words = column.dictionary
    if not len(words) or not (pa.types.is_string(words.type) or pa.types.is_large_string(words.type)):
        return np.zeros(len(column), np.int64)
    lengths: NDArray[np.int64] = pc.binary_length(words).cast(pa.int64()).to_numpy(zero_copy_only=False)
    index = pc.fill_null(column.indices, 0).to_numpy(zero_copy_only=False)
    sizes: NDArray[np.int64] = lengths[index]
    return sizes
