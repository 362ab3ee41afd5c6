"""Numbering tables imported by organisations: one file per organisation, merged into the state folder's table."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from fanzha.base.errors import UsageError
from fanzha.store.private_files import create_private_folder, lock_folder
from fanzha.store.state_folder import state_folder

#: Metadata of merged files, so that a manually maintained file is never overwritten.
_MARK = {b"fanzha": b"imported"}


class TablePart(NamedTuple):
    """One organisation's part of a table: its path, and the temporary path where it is written first."""

    path: Path
    temporary: Path

    def commit(self) -> None:
        """Replace the organisation's previous part."""
        self.temporary.replace(self.path)

    def discard(self) -> None:
        """Delete the temporary file."""
        self.temporary.unlink(missing_ok=True)


def table_part(name: str, owner: str, folder: Path | None = None) -> TablePart:
    """Return the part of an organisation, by its ref."""
    path = create_private_folder(_folder(folder) / "imported" / name) / f"{owner}.parquet"
    return TablePart(path, path.with_name(f".{path.name}.{os.getpid()}.part"))


def merge_parts(name: str, schema: pa.Schema, folder: Path | None = None) -> int:
    """Merge the parts of a table to `tables/<name>.parquet`; return the number of rows.

    Entries of the same number or range are distinguished by their times. Raise UsageError if the table is maintained
    manually.
    """
    import pyarrow.parquet as pq

    tables = _folder(folder)
    target = tables / f"{name}.parquet"
    with lock_folder(tables / "imported"):
        _reject_manual_table(tables, name)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
        rows = 0
        with pq.ParquetWriter(temporary, schema.with_metadata(_MARK), write_page_checksum=True) as writer:
            for batch in _batches(tables / "imported" / name):
                writer.write_batch(batch.replace_schema_metadata(_MARK))
                rows += batch.num_rows
        temporary.replace(target)
    return rows


def _batches(folder: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    for path in sorted(folder.glob("[!.]*.parquet")):
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            yield from file.iter_batches()


def _reject_manual_table(tables: Path, name: str) -> None:
    import pyarrow.parquet as pq

    manual = tables / f"{name}.csv"
    merged = tables / f"{name}.parquet"
    if merged.is_file() and (pq.read_schema(merged).metadata or {}).get(b"fanzha") != _MARK[b"fanzha"]:
        manual = merged
    if manual.is_file():
        raise UsageError(f"tables/{manual.name} is kept by hand", fix="import it too, then take the file away")


def _folder(folder: Path | None) -> Path:
    return (folder or state_folder()) / "tables"
