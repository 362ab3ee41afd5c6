"""`fanzha exposures`: hand a file of a source in, and read it here or wait for the worker that reads it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from fanzha.base.errors import UsageError
from fanzha.command.exposures.intake import read_file, submit_file
from fanzha.command.exposures.models import ExposureFile, FileState
from fanzha.command.exposures.presenters import REJECT_WORDS
from fanzha.command.organizations.selectors import find_organization

_CHUNK = 1 << 20
_POLL_SECONDS = 0.5
_COUNTS = ("ref", "state", "read", "rejected", "rejects", "matched", "people")


def read_exposures(path: Path, owner: str, basis: str) -> ExposureFile:
    """Hand a file in for an organisation (ref or name) on a basis (a ref), and read it.

    Raise UsageError if there is no valid basis, or if the file was stopped or could not be read.
    """
    organization = find_organization(owner)
    if organization is None:
        raise UsageError(f"there is no organisation {owner!r}", fix="give its ref or its name")
    file = submit_file(organization, basis, path.name, _chunks(path), None).file
    while not read_file(file.pk) and file.state in (FileState.WAITING, FileState.RUNNING):
        time.sleep(_POLL_SECONDS)
        file.refresh_from_db()
    file.refresh_from_db()
    if file.state != FileState.DONE:
        fix = "a basis is entered and confirmed on the page Exposures, Bases" if not file.sha256 else ""
        raise UsageError(f"{path.name}: {file.problem_zh} {file.problem_en}", fix=fix or "hand a corrected file in")
    return file


def exposures_as_json(file: ExposureFile) -> dict[str, Any]:
    """Return the counts of a file as JSON-compatible values."""
    return {name: getattr(file, name) for name in _COUNTS}


def print_exposures(console: Console, file: ExposureFile) -> None:
    """Print the counts, and how many rows were rejected for each reason."""
    counts = f"读取 read {file.read:,}, 命中 matched {file.matched:,}, 涉及 people {file.people:,}"
    console.print(f"{file.file_name}: {counts}, 未采用 rejected {file.rejected:,}")
    for code, count in sorted(file.rejects.items()):
        console.print(f"  {count:,}: {REJECT_WORDS[code].joined()}")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
