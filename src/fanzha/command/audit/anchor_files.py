"""Anchors outside of the database: one small file each, written once, in folders that the log's keepers do not own.

A folder may be a mount of another machine, or of storage that keeps what was written (WORM): a file is made under a
name of its own and never touched again.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from fanzha.base.clock import from_ms
from fanzha.command.audit.signing import fits
from fanzha.processes.log.anchor import Anchor, NoAnchor, parse_anchor

SUFFIX = ".anchor"


class AnchorMismatch(OSError):
    """Another text stands where an anchor was to be written: somebody changed the copy, or two logs share a folder."""


def write_anchor(anchor: Anchor, folder: Path) -> Path:
    """Write an anchor into a folder that is there; one that is there already is left. Raises OSError."""
    day = folder / f"{from_ms(anchor.statement.at):%Y-%m-%d}"
    path = day / f"{anchor.statement.log[:8]}-{anchor.statement.number:012}{SUFFIX}"
    day.mkdir(exist_ok=True)  # not its parents: a mount that is away must not become a folder of this machine
    text = f"{anchor.line}\n".encode()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    except FileExistsError:
        if path.read_bytes() != text:
            raise AnchorMismatch(f"{path} holds another text") from None
        return path
    try:
        os.write(handle, text)
        os.fsync(handle)
    finally:
        os.close(handle)
    return path


def read_anchors(places: Iterable[Path]) -> Iterator[Anchor]:
    """Read all anchors of files (one a line) and folders. Raises NoAnchor or OSError for what cannot be read."""
    for place in places:
        for file in sorted(place.rglob(f"*{SUFFIX}")) if place.is_dir() else [place]:
            yield from _of_file(file)


def _of_file(file: Path) -> Iterator[Anchor]:
    for line in file.read_text("utf-8", "replace").splitlines():
        if line.strip():
            try:
                yield parse_anchor(line, fits)
            except NoAnchor as wrong:
                raise NoAnchor(f"{file}: {wrong.what}", fix=wrong.fix) from None
