"""Take files from watched folders: `exposure-inbox/BASIS` of the state folder, one folder a basis (its ref).

A program of the operator renames a complete file into the folder of its basis. It is taken in as an upload is, and
removed; one that no valid basis allows to read is set aside in `refused` beside it, unread, listed with the reason, and
removed after a week.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.command.exposures.intake import submit_file
from fanzha.command.exposures.log_files import ADDRESS_FOLDER
from fanzha.command.exposures.models import ExposureBasis, ExposureFile, FileState
from fanzha.command.web.job_queue import QueueFull
from fanzha.command.web.scoping import unscoped
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

log = logging.getLogger(__name__)
_UNSCOPED = unscoped("folders are watched for the owners of their bases")

FOLDER, REFUSED = "exposure-inbox", "refused"
#: Files that somebody may still be writing, by their names or their age.
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
SETTLED_SECONDS = 5.0
#: Files that one run takes, so that others have their turn.
MOST_FILES = 50
#: Files that no basis allows to read are removed so many days after they were set aside.
REFUSED_DAYS = 7
_CHUNK = 1 << 20


def take_files(now: datetime) -> list[ExposureFile]:
    """Take the complete files of all folders in; return those that are to be read."""
    taken = list[ExposureFile]()
    folders = {path.name: path for path in _subfolders(state_folder() / FOLDER)}
    bases = _UNSCOPED.rows(ExposureBasis).filter(ref__in=folders).select_related("owner")
    for basis in bases.order_by("pk"):
        for path in _complete_files(folders[basis.ref], now):
            if len(taken) >= MOST_FILES:
                return taken
            try:
                submitted = submit_file(basis.owner, basis.ref, path.name, _chunks(path), None)
            except QueueFull:
                return taken  # the others wait in their folders
            except UsageError as error:
                log.warning("exposures: %s: %s", path, error)
                _set_aside(path)
                continue
            if submitted.file.state == FileState.REFUSED:
                _set_aside(path)
                continue
            path.unlink(missing_ok=True)
            if submitted.is_new:
                taken.append(submitted.file)
    return taken


def remove_old_files(now: datetime) -> int:
    """Remove what no basis allows to read, once it has lain there for `REFUSED_DAYS`; return how many files.

    These are refused and unfinished files, and all files of folders whose basis does not exist, which may have been
    misspelt and are named in the log. Tables of addresses go at once with their basis.
    """
    removed = 0
    before = now.timestamp() - REFUSED_DAYS * 86_400
    for parent in (FOLDER, ADDRESS_FOLDER):
        folders = {path.name: path for path in _subfolders(state_folder() / parent)}
        bases = {basis.ref: basis for basis in _UNSCOPED.rows(ExposureBasis).filter(ref__in=folders)}
        for ref, folder in folders.items():
            basis = bases.get(ref)
            if basis is None:
                log.warning("exposures: no basis has the reference %s: nothing in %s is read", ref, folder)
                removed += _remove_before(folder.rglob("*"), before)
            elif parent == ADDRESS_FOLDER:
                if basis.withdrawn_at is not None or basis.valid_until <= now:
                    shutil.rmtree(folder, ignore_errors=True)
                    removed += 1
            else:
                unfinished = (path for path in folder.iterdir() if _is_unfinished(path))
                removed += _remove_before((*(folder / REFUSED).glob("*"), *unfinished), before)
    return removed


def _remove_before(paths: Iterable[Path], before: float) -> int:
    """Remove the files that came before a moment (seconds); return how many."""
    old = [path for path in paths if path.is_file() and path.lstat().st_ctime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _is_unfinished(path: Path) -> bool:
    return path.name.startswith(".") or path.name.lower().endswith(_UNFINISHED)


def _subfolders(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            yield path


def _complete_files(folder: Path, now: datetime) -> Iterator[Path]:
    """Yield the files of a folder that nobody is writing, the oldest names first."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file() or _is_unfinished(path):
            continue
        if now.timestamp() - path.stat().st_mtime >= SETTLED_SECONDS:
            yield path


def _set_aside(path: Path) -> None:
    path.replace(create_private_folder(path.parent / REFUSED) / path.name)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
