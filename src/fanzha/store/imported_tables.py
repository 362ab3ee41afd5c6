"""Numbering tables that organisations hand in: each has a file of its own, and all together are the state folder's."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from fanzha.base.errors import WrongCall
from fanzha.store.private_files import create_private_folder, lock_folder
from fanzha.store.state_folder import state_folder

#: Stands in the files that are put together here, so that one kept by hand is never written over.
_MARK = {b"fanzha": b"imported"}


class TablePart(NamedTuple):
    """What one organisation hands in of one table: where it lies, and where it is written before."""

    path: Path
    temporary: Path

    def commit(self) -> None:
        """Replace what was handed in before."""
        self.temporary.replace(self.path)

    def discard(self) -> None:
        """Forget what was written."""
        self.temporary.unlink(missing_ok=True)


def table_part(name: str, owner: str, folder: Path | None = None) -> TablePart:
    """Return the part of an organisation (its ref)."""
    path = create_private_folder(_folder(folder) / "imported" / name) / f"{owner}.parquet"
    return TablePart(path, path.with_name(f".{path.name}.{os.getpid()}.part"))


def merge_parts(name: str, schema: pa.Schema, folder: Path | None = None) -> int:
    """Put the parts of a table together as `tables/<name>.parquet`; return its rows. Raises WrongCall.

    Which entry of a number or range counts is told by its times, as within one file.
    """
    import pyarrow.parquet as pq

    tables = _folder(folder)
    target = tables / f"{name}.parquet"
    with lock_folder(tables / "imported"):
        _reject_manual_table(tables, name)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
        rows = 0
        with pq.ParquetWriter(temporary, schema.with_metadata(_MARK)) as writer:
            for batch in _batches(tables / "imported" / name):
                writer.write_batch(batch.replace_schema_metadata(_MARK))
                rows += batch.num_rows
        temporary.replace(target)
    return rows


def _batches(folder: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    for path in sorted(folder.glob("[!.]*.parquet")):
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches()


def _reject_manual_table(tables: Path, name: str) -> None:
    import pyarrow.parquet as pq

    manual = tables / f"{name}.csv"
    merged = tables / f"{name}.parquet"
    if merged.is_file() and (pq.read_schema(merged).metadata or {}).get(b"fanzha") != _MARK[b"fanzha"]:
        manual = merged
    if manual.is_file():
        raise WrongCall(f"tables/{manual.name} is kept by hand", fix="import it too, then take the file away")


def _folder(folder: Path | None) -> Path:
    return (folder or state_folder()) / "tables"
