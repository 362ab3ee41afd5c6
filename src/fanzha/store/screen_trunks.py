"""The trunks that a screen of this machine answers for: whoever throws a switch is told of a name that is none."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from fanzha.store.private_files import write_private_file
from fanzha.store.state_folder import state_folder


def trunks_file(folder: Path | None = None) -> Path:
    """Return where the file lies."""
    return (folder or state_folder()) / "screen" / "trunks.json"


def write_trunks(names: Iterable[str], folder: Path | None = None) -> None:
    """Say which trunks are answered for."""
    write_private_file(trunks_file(folder), msgspec.json.encode(sorted(names)))


def read_trunks(folder: Path | None = None) -> list[str] | None:
    """Return the trunks that were last answered for; None where no screen has run."""
    try:
        return msgspec.json.decode(trunks_file(folder).read_bytes(), type=list[str])
    except (FileNotFoundError, msgspec.DecodeError):
        return None
