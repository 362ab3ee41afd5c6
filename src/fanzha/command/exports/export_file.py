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
from fanzha.store.private_files import create_private_folder
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
    with _beside(path) as beside:
        # The byte order mark makes spreadsheets read UTF-8.
        with os.fdopen(_open(beside), "w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow([f"# {mark}"])
            out.writerow(head)
            out.writerows([*map(cell, row), ref] for row in rows)
        with beside.open("rb") as read:
            return WrittenFile(file_digest(read, "sha256").hexdigest(), beside.stat().st_size)


def write_whole(ref: str, made: bytes) -> WrittenFile:
    """Write a complete file with mode 600."""
    with _beside(export_path(ref)) as beside, os.fdopen(_open(beside), "wb") as file:
        file.write(made)
    return WrittenFile(sha256(made).hexdigest(), len(made))


def cell(value: object) -> str:
    """Return a value as text that spreadsheets do not read as a formula."""
    if isinstance(value, datetime):
        return localtime(value).isoformat(sep=" ", timespec="seconds")
    return plain_cell("" if value is None else str(value))


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Yield a temporary path, and move it to `path` on success."""
    beside = create_private_folder(path.parent) / f".{path.name}.part"
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
