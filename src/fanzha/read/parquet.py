"""Parquet files. Batches are sized by their decompressed size, so that a small file cannot exhaust memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.rows import RawRows, sequential_numbers
from fanzha.read._map.column_map import ColumnMap, FileLayout
from fanzha.read._reader import FileHead, SourceFile
from fanzha.read._rejects import UnreadableSource
from fanzha.read._stream import FREE_EXPANSION_BYTES, MAX_EXPANSION
from fanzha.read._table_reader import TablePreview, TableReader, list_needed_columns

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

    def recognise(self, head: FileHead) -> float:
        """Look for the signature PAR1."""
        return 1.0 if head.data.startswith(b"PAR1") else 0.0

    def preview(self, source: SourceFile, layout: FileLayout) -> TablePreview:
        """Return the column names and the first rows."""
        with open_parquet(source) as file:
            names = tuple(file.schema_arrow.names)
        texts = _list_text_columns(source, list(names))
        with open_parquet(source, texts) as file:
            batch = next(file.iter_batches(batch_size=_SAMPLE_ROWS, use_threads=False), None)
            part = batch if batch is None else next(slice_batch(batch), batch)
            sample: dict[str, Any] = {
                name: pa.nulls(0) if part is None else part.column(i) for i, name in enumerate(names)
            }
            decoded = {name: sample[name].dictionary_decode() for name in texts if part is not None}
            return TablePreview(names, sample | decoded, layout)

    def read_rows(self, source: SourceFile, preview: TablePreview, map_: ColumnMap) -> Iterator[RawRows]:
        """Yield the needed columns in slices of limited decompressed size."""
        names = list_needed_columns(preview, map_)
        with open_parquet(source, _list_text_columns(source, names)) as file:
            first, total = 1, max(1, file.metadata.num_rows)
            for batch in file.iter_batches(count_batch_rows(file), columns=names, use_threads=False):
                for part in slice_batch(batch):
                    columns: dict[str, ArrowColumn] = dict(zip(part.schema.names, part.columns, strict=True))
                    position = source.size * (first - 1 + part.num_rows) // total
                    yield RawRows(columns, part.num_rows, sequential_numbers(first), (), position)
                    first += part.num_rows


READER = Parquet()


@contextmanager
def open_parquet(source: SourceFile, texts: Sequence[str] = ()) -> "Iterator[pq.ParquetFile]":
    """Open a Parquet file; raise UnreadableSource if it is damaged or claims more rows than its size can hold."""
    if source.member:
        raise UnreadableSource(PACKED)
    try:
        limits: Any = {"thrift_string_size_limit": FREE_EXPANSION_BYTES, "thrift_container_size_limit": 1_000_000}
        with pq.ParquetFile(source.path, memory_map=False, read_dictionary=list(texts), **limits) as file:
            _check_size(file, source.size)
            yield file
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, MemoryError) as error:
        if isinstance(error, UnreadableSource):
            raise
        raise UnreadableSource(DAMAGED) from error


def _check_size(file: pq.ParquetFile, size: int) -> None:
    meta = file.metadata
    unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    if meta.num_rows > _ROWS_A_BYTE * size or unpacked > FREE_EXPANSION_BYTES + MAX_EXPANSION * size:
        raise UnreadableSource(BOMB)


def count_batch_rows(file: pq.ParquetFile) -> int:
    """Return the rows of a batch whose decompressed size is limited."""
    meta = file.metadata
    unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    return max(256, min(_BATCH_ROWS, FREE_EXPANSION_BYTES // max(1, unpacked // max(1, meta.num_rows))))


def _list_text_columns(source: SourceFile, names: list[str]) -> list[str]:
    """Return the text columns. They are read as dictionaries, so that a repeated long value is stored once."""
    with open_parquet(source) as file:
        types = {field.name: field.type for field in file.schema_arrow}
    return [name for name in names if pa.types.is_string(types[name]) or pa.types.is_large_string(types[name])]


def slice_batch(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Slice a batch so that no slice decompresses to more than a few dozen megabytes."""
    sizes = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            sizes += _measure_cells(column)
    ends = np.searchsorted(
        np.cumsum(sizes), np.arange(FREE_EXPANSION_BYTES, int(sizes.sum()), FREE_EXPANSION_BYTES), side="right"
    )
    start = 0
    for end in [*dict.fromkeys(int(end) for end in ends), batch.num_rows]:
        if end > start:
            yield batch.slice(start, end - start)
            start = end


def _measure_cells(column: ArrowColumn) -> NDArray[np.int64]:
    """Return the size in bytes of each cell of a dictionary column, or 0 if its values are not text."""
    values = column.dictionary
    if not len(values) or not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return np.zeros(len(column), np.int64)
    lengths: NDArray[np.int64] = pc.binary_length(values).cast(pa.int64()).to_numpy(zero_copy_only=False)
    index = pc.fill_null(column.indices, 0).to_numpy(zero_copy_only=False)
    sizes: NDArray[np.int64] = lengths[index]
    return sizes
