"""Merge the partial records of each call in the sorted tables of a run, across all of its files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

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
    with duckdb.connect() as database:
        database.execute("SET memory_limit = ?", [_MEMORY])
        database.execute("SET temp_directory = ?", [str(folder / "chains")])
        for view, table in (("offered", _OFFERED), ("ended", _ENDED)):
            path = str(tables[table]).replace("'", "''")
            database.execute(f"CREATE TEMP VIEW {view} AS SELECT * FROM read_parquet('{path}')")
        return find_chains(database)


def _rewrite(source: Path, target: Path, chains: PartialChains, *, is_ended: bool) -> None:
    """Write a sorted table without the dropped events; ends of merged calls get call id, talk time and flag."""
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
            for batch in file.iter_batches(batch_size=GROUP_ROWS):
                kept = batch.cast(schema).filter(pc.invert(pc.is_in(batch.column("event_id"), chains.dropped)))
                writer.write_batch(_replace_ends(kept, chains.ends) if is_ended else kept)
    part_file.replace(target)


def _replace_ends(batch: pa.RecordBatch, ends: Any) -> pa.RecordBatch:
    places = pc.index_in(batch.column("event_id"), ends.column("event_id").combine_chunks())
    is_merged = places.is_valid()
    columns: dict[str, Any] = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name in ("call_id", "talk_ms", "partial"):
        values = ends.column(name).combine_chunks().take(places).cast(columns[name].type)
        columns[name] = pc.if_else(is_merged, values, columns[name])
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema)
