"""The file of an export: of a table who, when and what for in its first line, and the export's mark in every row."""

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
    """What was written."""

    sha256: str
    size: int


def export_path(ref: str) -> Path:
    """Return where the file of an export lies."""
    return state_folder() / "exports" / ref


def write_csv(ref: str, mark: str, head: Iterable[str], rows: Iterable[tuple[object, ...]]) -> WrittenFile:
    """Write the file anew, of mode 600; every row ends with the export's ref: a part of it still tells whence it is."""
    path = export_path(ref)
    with _beside(path) as beside:
        # The mark has spreadsheets read UTF-8.
        with os.fdopen(_open(beside), "w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow([f"# {mark}"])
            out.writerow(head)
            out.writerows([*map(cell, row), ref] for row in rows)
        with beside.open("rb") as read:
            return WrittenFile(file_digest(read, "sha256").hexdigest(), beside.stat().st_size)


def write_whole(ref: str, made: bytes) -> WrittenFile:
    """Write a file that is made already, of mode 600."""
    with _beside(export_path(ref)) as beside, os.fdopen(_open(beside), "wb") as file:
        file.write(made)
    return WrittenFile(sha256(made).hexdigest(), len(made))


def cell(value: object) -> str:
    """Return a value as text that no spreadsheet takes for a formula."""
    if isinstance(value, datetime):
        return localtime(value).isoformat(sep=" ", timespec="seconds")
    return plain_cell("" if value is None else str(value))


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Yield a file that takes the place of another when all went well."""
    beside = create_private_folder(path.parent) / f".{path.name}.part"
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
