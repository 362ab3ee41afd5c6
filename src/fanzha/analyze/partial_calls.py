"""Merge the partial records of each call in the sorted tables of a run, across all of its files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fanzha.analyze.event_order import GROUP_ROWS
from fanzha.events import CALL_FACTS
from fanzha.read import PartialChains, PartialCounts, find_chains

pc: Any = pyarrow.compute
_OFFERED, _, _ENDED = CALL_FACTS
_MEMORY = "1GB"


def merge_partial_calls(tables: Mapping[str, Path], folder: Path) -> tuple[dict[str, Path], PartialCounts]:
    """Return the tables, with those of calls rewritten to `folder` if records were merged, and the counts.

    A call keeps the offer and the answer of its first record and the end of its last one, whose talk time is the sum.
    """
    chains = _find_chains(tables, folder)
    if chains is None:
        return dict(tables), PartialCounts()
    if not chains.counts.calls:
        return dict(tables), chains.counts
    merged = dict(tables)
    for name in CALL_FACTS:
        if name in tables:
            merged[name] = folder / f"{name}.parquet"
            _rewrite(tables[name], merged[name], chains, is_ended=name == _ENDED)
    return merged, chains.counts


def _find_chains(tables: Mapping[str, Path], folder: Path) -> PartialChains | None:
    if _OFFERED not in tables or _ENDED not in tables:
        return None
    with _open_database(folder) as database:
        for view, table in (("offered", _OFFERED), ("ended", _ENDED)):
            database.execute(f"CREATE TEMP VIEW {view} AS SELECT * FROM {_parquet(tables[table])}")
        return find_chains(database)


def _open_database(folder: Path) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    database.execute("SET memory_limit = ?", [_MEMORY])
    database.execute("SET temp_directory = ?", [str(folder / "chains")])
    return database


def _parquet(path: Path) -> str:
    quoted = str(path).replace("'", "''")
    return f"read_parquet('{quoted}', file_row_number = true)"


def _rewrite(source: Path, target: Path, chains: PartialChains, *, is_ended: bool) -> None:
    """Write a sorted table without the dropped events; ends of merged calls get call id, talk time and flag."""
    dropped, ends = _find_rows(source, target.parent, chains)
    part_file = target.with_name(target.name + ".part")
    with pq.ParquetFile(source, memory_map=True) as file:
        schema = file.schema_arrow
        for name in ("call_id",) if is_ended else ():
            schema = schema.set(schema.get_field_index(name), pa.field(name, pa.string()))
        dictionaries = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        with pq.ParquetWriter(
            part_file,
            schema,
            compression="none",
            use_dictionary=dictionaries or False,  # type: ignore[arg-type]
            write_statistics=["occurred_at"],
        ) as writer:
            begin = 0
            for batch in file.iter_batches(batch_size=GROUP_ROWS):
                end = begin + batch.num_rows
                whole = batch.cast(schema)
                if is_ended:
                    whole = _replace_ends(whole, ends, begin)
                writer.write_batch(whole.filter(pa.array(~_mark(dropped, begin, end))))
                begin = end
    part_file.replace(target)


def _find_rows(source: Path, folder: Path, chains: PartialChains) -> tuple[NDArray[np.int64], Any]:
    """Return the rows of the dropped events, and an Arrow table of the rows (`row`) of merged ends; rows ascend."""
    with _open_database(folder) as database:
        database.register("dropped", pa.table({"event_id": chains.dropped}))
        database.register("ends", chains.ends)
        events = f"(SELECT event_id, file_row_number AS row FROM {_parquet(source)}) AS events"
        dropped = database.sql(f"SELECT row FROM {events} SEMI JOIN dropped USING (event_id) ORDER BY row").fetchnumpy()
        ends = database.sql(
            f"SELECT row, call_id, talk_ms, partial FROM {events} JOIN ends USING (event_id) ORDER BY row"
        ).to_arrow_table()
    return np.asarray(dropped["row"], np.int64), ends.combine_chunks()


def _mark(rows: NDArray[np.int64], begin: int, end: int) -> NDArray[np.bool_]:
    """Return for each row from `begin` to `end` whether it is among these rows, which ascend."""
    first, last = np.searchsorted(rows, (begin, end))
    is_among = np.zeros(end - begin, np.bool_)
    is_among[rows[first:last] - begin] = True
    return is_among


def _replace_ends(batch: pa.RecordBatch, ends: Any, begin: int) -> pa.RecordBatch:
    """Return a batch, whose first row is row `begin` of the file, with the values of the merged ends in it."""
    rows, end = ends.column("row").to_numpy(), begin + batch.num_rows
    is_merged = pa.array(_mark(rows, begin, end))
    first, last = np.searchsorted(rows, (begin, end)).tolist()
    columns: dict[str, Any] = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name in ("call_id", "talk_ms", "partial"):
        values = ends.column(name).slice(first, last - first).combine_chunks().cast(columns[name].type)
        columns[name] = pc.replace_with_mask(columns[name], is_merged, values)
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema)
