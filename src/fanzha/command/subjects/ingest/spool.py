"""The spool of findings: `spool/findings/` of the state folder. Files arrive complete, by a rename.

Files that an organisation submits lie in a folder named by its ref and may hold its findings only. Files outside
these folders name the owner in each finding. A file is removed once it is ingested; an unreadable one is moved to
`spool/refused/`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fanzha.base.ids import digest
from fanzha.command.organizations.selectors import organizations_by_ref
from fanzha.command.subjects.ingest.sources import FindingSource, identify_source
from fanzha.store.private_files import create_private_folder, write_private_file
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_TABLE = b"PAR1"
_SUFFIXES = (".jsonl", ".parquet")


class PendingFile(NamedTuple):
    """A file in the spool and the only owner its findings may have; None where the findings name their owners."""

    source: FindingSource
    owner: Organization | None


def spool_folder() -> Path:
    """Return the folder of findings to be ingested."""
    return state_folder() / "spool" / "findings"


def submit_findings(data: bytes, owner: Organization | None = None) -> str:
    """Write findings (JSON Lines or findings.parquet) to the spool atomically; return the name of their delivery.

    Equal content gets the same name and is ingested once.
    """
    suffix = ".parquet" if data.startswith(_TABLE) else ".jsonl"
    name = f"{owner.ref}/{digest(data)}{suffix}" if owner else f"{digest(data)}{suffix}"
    write_private_file(spool_folder() / name, data)
    return name


def pending_files() -> Iterator[PendingFile]:
    """Yield the files in the spool in their order of arrival."""
    refs = {folder.name for folder in spool_folder().glob("*/") if not folder.name.startswith(".")}
    owners = organizations_by_ref(refs)
    for path in sorted(_spooled_files(), key=_arrival_order):
        above = path.parent
        owner = None if above == spool_folder() else owners.get(above.name)
        if above != spool_folder() and owner is None:
            continue  # unknown owner: the file stays until the organisation exists
        if (source := identify_source(path, is_whole=True)) is not None:
            yield PendingFile(source._replace(name=str(path.relative_to(spool_folder()))), owner)


def remove_file(source: FindingSource) -> None:
    """Remove a file that is ingested completely."""
    source.path.unlink(missing_ok=True)


def quarantine_file(source: FindingSource) -> Path:
    """Move an unreadable file to quarantine; return its new path."""
    target = create_private_folder(state_folder() / "spool" / "refused") / source.name.replace("/", "-")
    shutil.move(source.path, target)
    return target


def quarantine_data(data: bytes, name: str) -> Path:
    """Write findings (JSON Lines) to quarantine; return the path."""
    target = state_folder() / "spool" / "refused" / f"{name}.jsonl"
    write_private_file(target, data)
    return target


def _spooled_files() -> Iterator[Path]:
    for path in (*spool_folder().glob("*"), *spool_folder().glob("*/*")):
        if path.suffix in _SUFFIXES and not path.name.startswith("."):
            yield path


def _arrival_order(path: Path) -> tuple[float, str]:
    try:
        return path.stat().st_mtime, path.name
    except FileNotFoundError:
        return 0.0, path.name
