"""Write anchors to files outside the database, in folders that the operators of the log do not control.

A folder may be a mount of another machine or of WORM storage: each anchor is written once to a file of its own and
never changed.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from fanzha.base.clock import from_ms
from fanzha.command.audit.signing import is_valid_signature
from fanzha.processes.log.anchor import Anchor, NoAnchor, parse_anchor
from fanzha.store.private_files import flush_folder

SUFFIX = ".anchor"
TIMESTAMP_SUFFIX = ".tsr"
_MAX_FILE_BYTES = 1_048_576


class AnchorMismatch(OSError):
    """The anchor file exists with a different text: the copy was changed, or two logs share a folder."""


def write_anchor(anchor: Anchor, folder: Path) -> Path:
    """Write an anchor into an existing folder, and return its path. Raise OSError.

    An identical file is kept. One with the beginning of the text, left by a full disk or a crash, is completed.
    """
    return _write_once(_path(anchor, folder, SUFFIX), f"{anchor.line}\n".encode())


def write_timestamp(anchor: Anchor, response: bytes, folder: Path) -> Path:
    """Write the time-stamp of an anchor to a file with the suffix .tsr."""
    return _write_once(_path(anchor, folder, TIMESTAMP_SUFFIX), response)


def read_timestamps(paths: Iterable[Path]) -> Iterator[tuple[str, bytes, Path]]:
    """Yield line, time-stamp and path of each anchor file in folders that has a time-stamp file."""
    for folder in paths:
        for file in sorted(folder.rglob(f"*{TIMESTAMP_SUFFIX}")) if folder.is_dir() else []:
            anchor = file.with_suffix(SUFFIX)
            line = read_folder_file(anchor).decode("utf-8", "replace").strip() if anchor.is_file() else ""
            yield line, read_folder_file(file), file


def _path(anchor: Anchor, folder: Path, suffix: str) -> Path:
    day = folder / f"{from_ms(anchor.statement.at):%Y-%m-%d}"
    return day / f"{anchor.statement.log[:8]}-{anchor.statement.number:012}{suffix}"


def _write_once(path: Path, text: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)  # no parents: a missing mount must not become a local folder
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    except FileExistsError:
        written = read_folder_file(path)
        if written == text:
            return path
        if not text.startswith(written):
            raise AnchorMismatch(f"{path} holds another text") from None
        text = text[len(written) :]
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    flush_folder(path.parent)
    return path


def read_anchors(paths: Iterable[Path]) -> Iterator[Anchor]:
    """Yield the anchors in files (one per line) and folders. Raise NoAnchor or OSError for an unreadable one."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob(f"*{SUFFIX}")):
                yield from _parse_lines(file, read_folder_file(file).decode("utf-8", "replace"))
        else:
            yield from _parse_lines(path, path.read_text("utf-8", "replace"))


def read_folder_file(file: Path) -> bytes:
    """Return the content of a file in a folder that others write to.

    Raise OSError if it is a pipe or a device, whose reading may not end, or longer than anchors and statements are.
    """
    if not file.is_file():
        raise OSError(f"{file} is no regular file")
    with file.open("rb") as stream:
        data = stream.read(_MAX_FILE_BYTES + 1)
    if len(data) > _MAX_FILE_BYTES:
        raise OSError(f"{file} is too long")
    return data


def _parse_lines(file: Path, text: str) -> Iterator[Anchor]:
    for line in text.splitlines():
        if line.strip():
            try:
                yield parse_anchor(line, is_valid_signature)
            except NoAnchor as error:
                raise NoAnchor(f"{file}: {error.what}", fix=error.fix) from None
