"""Sort events by (`occurred_at`, `event_id`) without repeats, and cut all tables at the same moments."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fanzha.analyze.event_versions import last_versions
from fanzha.analyze.time_buckets import read_row_groups, sort_in_buckets

pc: Any = pyarrow.compute

MEMORY_LIMIT_BYTES = 512 << 20  # size of a table sorted at once
GROUP_ROWS = 65_536
_ORDER = ["occurred_at", "event_id"]
DICTIONARY_BYTES_PER_VALUE = 2  # a text column that takes no more in a file is read as a dictionary
Slice = dict[str, pa.RecordBatch]  # table name -> its events of one stretch of time


def sort_table(parts: list[Path], target: Path, *, memory_limit: int = MEMORY_LIMIT_BYTES) -> tuple[int, int]:
    """Sort the parts of one event table into `target`; return (events kept, repeats dropped).

    Of the rows with one `event_id` the one with the latest `observed_at` is kept (a correction replaces); among equal
    ones the last row of the last source. Up to `memory_limit` bytes are sorted at once, which takes two to three times
    as much; a larger table goes through files of stretches of time in a folder beside `target`.
    """
    part_file = target.with_name(target.name + ".part")
    dictionary_columns = _dictionary_columns(parts)
    if (table := _read_into_memory(parts, memory_limit, dictionary_columns)) is not None:
        rows = last_versions(table.column("event_id").combine_chunks(), table.column("observed_at").to_numpy())
        keys = table.select(_ORDER).take(rows)
        tables = iter([table.take(rows[_sorted_indices(keys)])])
    else:
        buckets = sort_in_buckets(parts, target.parent / "sort", memory_limit // 2, dictionary_columns)
        tables = (bucket.take(_sorted_indices(bucket.select(_ORDER))) for bucket in buckets)
    _write(tables, part_file)
    total = sum(pq.read_metadata(part).num_rows for part in parts)
    row_count = pq.read_metadata(part_file).num_rows
    part_file.replace(target)
    return row_count, total - row_count


def _write(tables: Iterator[pa.Table], target: Path) -> None:
    """Write tables of one schema as one file; it is written and read once, so compression would cost more time."""
    first = next(tables)
    names = [field.name for field in first.schema if pa.types.is_dictionary(field.type)]
    options: Any = {"compression": "none", "use_dictionary": names or False, "write_statistics": ["occurred_at"]}
    with pq.ParquetWriter(target, first.schema, **options) as writer:
        for table in chain([first], tables):
            writer.write_table(table, row_group_size=GROUP_ROWS)


def _sorted_indices(keys: pa.Table) -> NDArray[np.intp]:
    """Return the indices of the rows in the order of (`occurred_at`, `event_id`)."""
    indices: NDArray[np.intp] = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in _ORDER]).to_numpy()
    return indices


def _read_into_memory(parts: list[Path], limit: int, dictionary_columns: list[str]) -> pa.Table | None:
    """Return all parts as one table, in the order of their names; None if they take more memory than `limit` bytes."""
    tables: list[pa.Table] = []
    remaining = limit
    for table in read_row_groups(parts, dictionary_columns=dictionary_columns):
        tables.append(table)
        remaining -= table.nbytes
        if remaining < 0:
            return None
    return pa.concat_tables(tables).combine_chunks()


def _dictionary_columns(parts: list[Path]) -> list[str]:
    """Return the text columns that are best read as dictionaries."""
    values: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for part in parts:
        file = pq.read_metadata(part)
        for group in map(file.row_group, range(file.num_row_groups)):
            for column in map(group.column, range(group.num_columns)):
                if column.physical_type == "BYTE_ARRAY":
                    name = column.path_in_schema
                    values[name] = values.get(name, 0) + column.num_values
                    sizes[name] = sizes.get(name, 0) + column.total_uncompressed_size
    return [name for name in values if name != "event_id" and sizes[name] <= DICTIONARY_BYTES_PER_VALUE * values[name]]


def slices(
    tables: dict[str, Path], schemas: dict[str, pa.Schema], *, rows: int = GROUP_ROWS, dictionaries: bool = False
) -> Iterator[Slice]:
    """Iterate over sorted tables together: no slice holds an event older than one of an earlier slice.

    Each step ends at the earliest last moment among the batches at hand, so memory holds one batch per table. With
    `dictionaries` text columns with few distinct values are dictionaries.
    """
    streams = {
        name: _batches(path, schemas[name], rows, dictionaries=dictionaries) for name, path in sorted(tables.items())
    }
    heads = {name: batch for name, stream in streams.items() if (batch := next(stream, None)) is not None}
    while heads:
        until = min(int(_occurred_at(batch)[-1]) for batch in heads.values())
        piece: Slice = {}
        for name in list(heads):
            piece.update(_advance_stream(name, heads, streams[name], until))
        yield piece


def _advance_stream(name: str, heads: Slice, stream: Iterator[pa.RecordBatch], until: int) -> Slice:
    """Take the rows up to `until` from the current batch of a table; read the next batch when it is used up."""
    batch = heads[name]
    count = int(np.searchsorted(_occurred_at(batch), until, side="right"))
    if count < batch.num_rows:
        heads[name] = batch.slice(count)
    elif (next_batch := next(stream, None)) is not None:
        heads[name] = next_batch
    else:
        del heads[name]
    return {name: batch.slice(0, count)} if count else {}


def _batches(path: Path, schema: pa.Schema, rows: int, *, dictionaries: bool) -> Iterator[pa.RecordBatch]:
    # Neither mapped nor read ahead: both would keep in memory what was read of the file.
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=rows):
            yield batch.cast(_dictionary_schema(schema, batch.schema) if dictionaries else schema)


def _dictionary_schema(schema: pa.Schema, file_schema: pa.Schema) -> pa.Schema:
    fields = [(field, file_schema.field(field.name).type) for field in schema]
    return pa.schema([field.with_type(type_) if pa.types.is_dictionary(type_) else field for field, type_ in fields])


def decode_dictionaries(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch of `slices` with its dictionary columns as text."""
    types: list[Any] = [field.type for field in batch.schema]
    plain_types = [type_.value_type if pa.types.is_dictionary(type_) else type_ for type_ in types]
    fields = [field.with_type(type_) for field, type_ in zip(batch.schema, plain_types, strict=True)]
    return batch.cast(pa.schema(fields))


def _occurred_at(batch: pa.RecordBatch) -> NDArray[np.int64]:
    moments: NDArray[np.int64] = batch.column("occurred_at").to_numpy()
    return moments
