"""Write the file of an export. A CSV file has a watermark in its first line and the export's ref in every row."""

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import NamedTuple

from django.utils.timezone import localtime

from fanzha.base.csv_cells import plain_cell
from fanzha.store.private_files import create_private_folder, flush_folder
from fanzha.store.state_folder import state_folder


class WrittenFile(NamedTuple):
    """Digest and size of a written file."""

    sha256: str
    size: int


def export_path(ref: str) -> Path:
    """Return the path of the file of an export."""
    return state_folder() / "exports" / ref


def write_csv(ref: str, mark: str, head: Iterable[str], rows: Iterable[tuple[object, ...]]) -> WrittenFile:
    """Write a CSV file with mode 600. Every row ends with the export's ref, so that extracts can be traced."""
    path = export_path(ref)
    with _replace_atomically(path) as temporary:
        # The byte order mark makes spreadsheets read UTF-8.
        with os.fdopen(_open(temporary), "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([f"# {mark}"])
            writer.writerow(head)
            writer.writerows([*map(cell, row), ref] for row in rows)
        with temporary.open("rb") as file_to_hash:
            return WrittenFile(file_digest(file_to_hash, "sha256").hexdigest(), temporary.stat().st_size)


def write_file(ref: str, content: bytes) -> WrittenFile:
    """Write a complete file with mode 600."""
    with _replace_atomically(export_path(ref)) as temporary, os.fdopen(_open(temporary), "wb") as file:
        file.write(content)
    return WrittenFile(sha256(content).hexdigest(), len(content))


def cell(value: object) -> str:
    """Return a value as text that spreadsheets do not read as a formula."""
    if isinstance(value, datetime):
        return localtime(value).isoformat(sep=" ", timespec="seconds")
    return plain_cell("" if value is None else str(value))


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


@contextmanager
def _replace_atomically(path: Path) -> Iterator[Path]:
    """Yield a temporary path; on success flush the file to disk and move it to `path`."""
    temporary = create_private_folder(path.parent) / f".{path.name}.part"
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        flush_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
