"""Sort events by (`occurred_at`, `event_id`) without repeats, and cut all tables at the same moments."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows.code_kernel import hash_bytes

pc: Any = pyarrow.compute

MEMORY_LIMIT_BYTES = 512 << 20  # size of a table sorted in memory; sorting takes two to three times as much
GROUP_ROWS = 65_536
_BITS_PER_ID = 32  # one id in 32 shares its bit with another by chance
DICTIONARY_BYTES_PER_VALUE = 2  # a text column that takes no more in a file is read as a dictionary
Slice = dict[str, pa.RecordBatch]  # table name -> its events of one stretch of time


def sort_table(
    parts: list[Path], target: Path, *, memory: str = "2GB", memory_limit: int = MEMORY_LIMIT_BYTES
) -> tuple[int, int]:
    """Sort the parts of one event table into `target`; return (events kept, repeats dropped).

    Of the rows with one `event_id` the one with the latest `observed_at` is kept (a correction replaces); among equal
    ones the last row of the last source. Up to `memory_limit` bytes are sorted in memory; DuckDB
    sorts larger tables, with temporary files if they exceed `memory`.
    """
    part_file = target.with_name(target.name + ".part")
    if (table := _read_into_memory(parts, memory_limit)) is not None:
        # Uncompressed: the file is written and read once, so compression costs more time than it saves.
        dictionary_columns = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
        options: Any = {
            "compression": "none",
            "use_dictionary": dictionary_columns or False,
            "write_statistics": ["occurred_at"],
        }
        pq.write_table(table.take(_sorted_rows(table)), part_file, row_group_size=GROUP_ROWS, **options)
    else:
        _sort_with_duckdb(parts, part_file, memory)
    total = sum(pq.read_metadata(part).num_rows for part in parts)
    row_count = pq.read_metadata(part_file).num_rows
    part_file.replace(target)
    return row_count, total - row_count


def _read_into_memory(parts: list[Path], limit: int) -> pa.Table | None:
    """Return all parts as one table, in the order of their names; None if they take more memory than `limit` bytes."""
    tables: list[pa.Table] = []
    remaining, dictionary_columns = limit, _dictionary_columns(parts)
    for part in sorted(parts, key=str):
        with pq.ParquetFile(part, memory_map=True, pre_buffer=False, read_dictionary=dictionary_columns) as file:
            for group in range(file.num_row_groups):
                tables.append(file.read_row_group(group))
                remaining -= tables[-1].nbytes
                if remaining < 0:
                    return None
            if not file.num_row_groups:
                tables.append(file.schema_arrow.empty_table())
    return pa.concat_tables(tables).combine_chunks()


def _sorted_rows(table: pa.Table) -> Any:
    """Return the indices of the rows to keep, sorted by (`occurred_at`, `event_id`)."""
    keys = table.select(["occurred_at", "event_id"])
    ids: Any = table.column("event_id").combine_chunks()
    rows: Any = pa.array(last_versions(ids, table.column("observed_at").to_numpy()))
    return rows.take(pc.sort_indices(keys.take(rows), sort_keys=[(name, "ascending") for name in keys.column_names]))


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


def _sort_with_duckdb(parts: list[Path], target: Path, memory: str) -> None:
    with duckdb.connect() as database:
        database.execute("SET memory_limit = ?", [memory])
        database.execute("SET temp_directory = ?", [str(target.parent / "sort")])
        database.execute("SET preserve_insertion_order = false")
        database.execute(
            f"""COPY (
                SELECT * EXCLUDE (filename, file_row_number)
                FROM read_parquet(?, filename = true, file_row_number = true)
                QUALIFY row_number() OVER (
                    PARTITION BY event_id ORDER BY observed_at DESC, filename DESC, file_row_number DESC
                ) = 1
                ORDER BY occurred_at, event_id
            ) TO '{str(target).replace("'", "''")}' (FORMAT parquet, ROW_GROUP_SIZE {GROUP_ROWS})""",
            [[str(part) for part in parts]],
        )


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
    with pq.ParquetFile(path, memory_map=True) as file:
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


def last_versions(ids: "pa.Array[Any]", observed_at: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the indices of the rows to keep: per id the row observed last, among equal ones the last row."""
    is_last = np.ones(len(ids), np.bool_)
    candidates = _possible_repeats(ids)
    rows: Any = pa.array(candidates)
    event_codes = ids.take(rows).dictionary_encode().indices.to_numpy()
    order = np.lexsort((observed_at[candidates], event_codes))  # stable: keeps the order of the rows
    last = np.append(np.diff(event_codes[order]) != 0, True)[: len(order)]
    is_last[candidates[order[~last]]] = False
    return np.flatnonzero(is_last)


def _possible_repeats(ids: "pa.Array[Any]") -> NDArray[np.intp]:
    """Return the rows whose id may not be unique (rows that share bits of a hash), in order."""
    bits = 1 << max(16, (_BITS_PER_ID * len(ids) - 1).bit_length())
    repeated = np.zeros(len(ids), np.bool_)
    _mark_repeats(hash_ids(ids), np.zeros(bits // 8, np.uint8), np.zeros(bits // 8, np.uint8), repeated)
    return np.flatnonzero(repeated)


def hash_ids(ids: "pa.Array[Any]") -> NDArray[np.uint64]:
    """Return a 64-bit hash of each id; it is the same in every process."""
    starts: Any
    data: Any
    hashes = np.zeros(len(ids), np.uint64)
    column = ids.cast(pa.large_string())
    _, starts, data = column.buffers()
    if data is not None and len(ids):  # without a buffer no id has a letter
        begins = np.frombuffer(starts, np.int64)[column.offset : column.offset + len(column) + 1]
        _hash(begins, np.frombuffer(data, np.uint8), hashes)
    return hashes


@compiled
def _mark_repeats(
    hashes: NDArray[np.uint64], seen: NDArray[np.uint8], again: NDArray[np.uint8], repeated: NDArray[np.bool_]
) -> None:
    """Mark the rows whose hash falls on a bit that another row's falls on, too; the bits are clear at the start."""
    last = np.uint64(8 * len(seen) - 1)
    for row in range(len(hashes)):
        bit = hashes[row] & last
        byte, mask = bit >> np.uint64(3), np.uint8(1 << (bit & np.uint64(7)))
        if seen[byte] & mask:
            again[byte] |= mask
        seen[byte] |= mask
    for row in range(len(hashes)):
        bit = hashes[row] & last
        repeated[row] = again[bit >> np.uint64(3)] & np.uint8(1 << (bit & np.uint64(7))) != 0


@compiled
def _hash(offsets: NDArray[np.int64], data: NDArray[np.uint8], hashes: NDArray[np.uint64]) -> None:
    for row in range(len(hashes)):
        hashes[row] = hash_bytes(data, offsets[row], offsets[row + 1] - offsets[row], np.uint64(0))
