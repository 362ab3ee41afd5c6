"""Merge the findings of a run: every finding once, ordered by falling score."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.claims.finding import FINDING_SCHEMA


def merge_findings(parts: list[Path], target: Path) -> int:
    """Write findings.parquet from its parts; return the number of findings."""
    part_file = target.with_name(target.name + ".part")
    with pq.ParquetWriter(part_file, FINDING_SCHEMA, compression="zstd") as writer:
        for batch in _strongest_first(parts):
            writer.write_batch(batch)
    part_file.replace(target)
    return int(pq.read_metadata(target).num_rows)


def _strongest_first(parts: list[Path]) -> list[pa.RecordBatch]:
    if not parts:
        return []
    with duckdb.connect() as database:
        rows = database.sql(
            """SELECT * FROM read_parquet(?)
               QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY score DESC) = 1
               ORDER BY score DESC, found_at, finding_id""",
            params=[[str(part) for part in parts]],
        ).to_arrow_table()
    batches: list[pa.RecordBatch] = rows.cast(FINDING_SCHEMA).to_batches()
    return batches
