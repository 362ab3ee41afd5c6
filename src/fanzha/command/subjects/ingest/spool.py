"""Where findings wait to be taken in: `spool/findings/` of the state folder; a file comes there whole, by a rename.

What an organisation hands over lies in the folder of its ref and is its own alone; what lies beside these folders
names its organisations itself. A file is removed when all of it is in the database; one that cannot be read at all is
put into `spool/refused/`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fanzha.base.ids import digest
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.ingest.sources import FindingSource, identify_source
from fanzha.store.private_files import private_folder, write_privately
from fanzha.store.state_folder import state_folder

_TABLE = b"PAR1"
_SUFFIXES = (".jsonl", ".parquet")


class PendingFile(NamedTuple):
    """A file that waits, and the only organisation whose findings it may hold; None where they name theirs."""

    source: FindingSource
    owner: Organization | None


def spool_folder() -> Path:
    """Return the folder where findings wait to be taken in."""
    return state_folder() / "spool" / "findings"


def submit_findings(data: bytes, owner: Organization | None = None) -> str:
    """Leave findings (JSON Lines, or findings.parquet) in the spool, whole or not at all; return their delivery's name.

    The same bytes have the same name, and come in once.
    """
    suffix = ".parquet" if data.startswith(_TABLE) else ".jsonl"
    name = f"{owner.ref}/{digest(data)}{suffix}" if owner else f"{digest(data)}{suffix}"
    write_privately(spool_folder() / name, data)
    return name


def pending_files() -> Iterator[PendingFile]:
    """Yield what waits, in the order in which it came."""
    refs = {folder.name for folder in spool_folder().glob("*/") if not folder.name.startswith(".")}
    owners = {organization.ref: organization for organization in Organization.objects.filter(ref__in=refs)}
    for path in sorted(_spooled_files(), key=_arrival_order):
        above = path.parent
        owner = None if above == spool_folder() else owners.get(above.name)
        if above != spool_folder() and owner is None:
            continue  # nobody's: it stays until there is such an organisation
        if (source := identify_source(path, is_whole=True)) is not None:
            yield PendingFile(source._replace(name=str(path.relative_to(spool_folder()))), owner)


def remove_file(source: FindingSource) -> None:
    """Remove a file that is taken in to its end."""
    source.path.unlink(missing_ok=True)


def quarantine_file(source: FindingSource) -> Path:
    """Put a file aside that cannot be read, for somebody to look at; return where it is."""
    target = private_folder(state_folder() / "spool" / "refused") / source.name.replace("/", "-")
    shutil.move(source.path, target)
    return target


def quarantine_data(data: bytes, name: str) -> Path:
    """Keep findings (JSON Lines) beside what cannot be read, for somebody to look at; return where they are."""
    target = state_folder() / "spool" / "refused" / f"{name}.jsonl"
    write_privately(target, data)
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
