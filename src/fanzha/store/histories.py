"""Stored events on which rules are tested: `[histories]` in `fanzha.toml` of the state folder, folders by name."""

from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

MAX_NAME_LENGTH = 100
_FIX = 'write one line each, such as: "calls of October" = "/data/calls-2026-10"'


def load_histories(folder: Path | None = None) -> dict[str, Path]:
    """Return the folders or files of events by name. Raise UsageError for one that is not there."""
    path = (folder or state_folder()) / "fanzha.toml"
    histories: dict[str, Path] = {}
    for name, value in read_toml_table(path, "histories").items():
        if not isinstance(value, str) or not value or len(name) > MAX_NAME_LENGTH:
            raise UsageError(f"{path}, [histories]: {name!r} names no folder", fix=_FIX)
        histories[name] = path.parent / Path(value).expanduser()  # an absolute path stays as it is
        if not histories[name].exists():
            raise UsageError(f"{path}, [histories]: {name!r}: {histories[name]} is not there", fix=_FIX)
    return histories
