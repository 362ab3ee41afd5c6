"""The trunks that the screen on this machine serves, to check trunk names of kill switches."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from fanzha.store.private_files import write_private_file
from fanzha.store.state_folder import state_folder


def trunks_file(folder: Path | None = None) -> Path:
    """Return the path of the file."""
    return (folder or state_folder()) / "screen" / "trunks.json"


def write_trunks(names: Iterable[str], folder: Path | None = None) -> None:
    """Write the names of the served trunks."""
    write_private_file(trunks_file(folder), msgspec.json.encode(sorted(names)))


def read_trunks(folder: Path | None = None) -> list[str] | None:
    """Return the names of the trunks served last, or None if no screen has run."""
    try:
        return msgspec.json.decode(trunks_file(folder).read_bytes(), type=list[str])
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None
