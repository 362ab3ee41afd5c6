"""Read TOML files of the operator: UTF-8 with or without a byte order mark, with errors that name the file."""

import tomllib
from pathlib import Path
from typing import Any

from fanzha.base.errors import UsageError


def read_toml(path: Path, *, fix: str = "") -> dict[str, Any]:
    """Return the content of a TOML file.

    Raise UsageError if the file cannot be read or is not TOML; `fix` replaces the general advice on missing and
    malformed files.
    """
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", fix=fix or "name a file that can be read") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8", fix="save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{path} is not valid TOML: {error}", fix=fix or "fix the file: it must be TOML in UTF-8"
        ) from None


def read_toml_table(path: Path, name: str) -> dict[str, Any]:
    """Return one top-level table of a TOML file, {} if the file or the table is missing."""
    table = read_toml(path).get(name, {}) if path.is_file() else {}
    if not isinstance(table, dict):
        raise UsageError(f"{path}: {name} must be a table", fix=f"write [{name}] on a line of its own")
    return table
