"""`fanzha restore`: restore a backup; nothing is changed before the whole backup was verified."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from fanzha.analyze.terminal import Progress
from fanzha.base.errors import UsageError
from fanzha.command.web.configuration import configuration
from fanzha.run.archive import LEGACY_FORMAT, BackupManifest, encode_manifest, unpack
from fanzha.run.backup import STATE_FOLDER
from fanzha.run.backup_encryption import EncryptedArchive, is_encrypted_archive
from fanzha.run.backup_keys import Credentials
from fanzha.run.component import component_command
from fanzha.run.database_copy import SQLITE_FILE, TABLES_FOLDER
from fanzha.run.instance_lock import instance_lock
from fanzha.run.legacy_backup import open_keys, refuse_unauthenticated
from fanzha.store.private_files import flush_folder


class RestoredBackup(NamedTuple):
    """What was restored, and whether all of it was proven to be what a trusted installation wrote."""

    manifest: BackupManifest
    authenticated: bool


def restore(
    path: Path, folder: Path, credentials: Credentials, *, force: bool = False, progress: Progress | None = None
) -> RestoredBackup:
    """Restore a backup. A state folder or database that is not empty is refused, or replaced if `force` is true.

    The whole archive is authenticated before anything is written. A replaced state folder is renamed, not deleted.
    Raise UsageError if the backup cannot be restored; nothing is then changed, except that `force` may have cleared a
    PostgreSQL database.
    """
    folder = folder.absolute()
    credentials = replace(credentials, keys_from=credentials.keys_from or folder)
    progress = progress or Progress(Console(), quiet=True)
    _refuse_occupied_folder(folder, force)
    archive = _open_archive(path, credentials, progress)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-restoring-", dir=folder.parent) as unpacked:
        manifest = _unpack(path, archive, Path(unpacked), progress)
        state = _prepare_state(Path(unpacked), manifest, credentials, archive)
        url = configuration(state).database_url
        if bool(url) != (manifest.database == "postgresql"):
            raise UsageError(
                f"备份中的数据库与设置不符 the backup holds a {manifest.database} database, but the settings name "
                + ("a PostgreSQL" if url else "none, which is SQLite"),
                fix="请设置或取消 set or unset FANZHA_DATABASE_URL",
            )
        (Path(unpacked) / "manifest.json").write_bytes(encode_manifest(manifest))
        _check_or_fill_database(Path(unpacked), state, force)
        with _moved_aside(folder):
            state.rename(folder)
        flush_folder(folder.parent)
    return RestoredBackup(manifest, archive is not None and archive.authenticated)


def _open_archive(path: Path, credentials: Credentials, progress: Progress) -> EncryptedArchive | None:
    """Return the archive after checking all of it; None for a backup of version 0.1.0. Raise UsageError."""
    if not is_encrypted_archive(path):
        if not credentials.accept_unauthenticated:
            refuse_unauthenticated(path)
        return None
    archive = EncryptedArchive(path, credentials)
    progress.byte_stage("核验 verifying", archive.size)
    for size in archive.verify():
        progress.advance_bytes(size)
    return archive


def _unpack(path: Path, archive: EncryptedArchive | None, folder: Path, progress: Progress) -> BackupManifest:
    progress.byte_stage("恢复 restoring", path.stat().st_size)
    if archive is None:
        with path.open("rb", buffering=0) as source:
            return unpack(source, path, folder, LEGACY_FORMAT)
    with archive.reader(progress.advance_bytes) as source:
        return unpack(source, path, folder)


def _refuse_occupied_folder(folder: Path, force: bool) -> None:
    if not folder.is_dir() or not any(entry.name != ".up" for entry in folder.iterdir()):
        return
    if not force:
        raise UsageError(
            f"{folder} 非空 is not empty",
            fix="请把 FANZHA_HOME 设为新目录，或加 --force（原目录改名保留） set FANZHA_HOME to a new folder, or give"
            " --force: it is then set aside",
        )
    with instance_lock(folder):
        return


def _prepare_state(
    unpacked: Path, manifest: BackupManifest, credentials: Credentials, archive: EncryptedArchive | None
) -> Path:
    """Add the keys and the SQLite file to the unpacked state folder, and return that folder."""
    state = unpacked / STATE_FOLDER
    state.mkdir(exist_ok=True, mode=0o700)
    if archive is None:
        open_keys(state, manifest, credentials.passphrase)
    elif manifest.keys == "left out" and archive.authenticated and credentials.keys_from:
        shutil.copytree(credentials.keys_from / "keys", state / "keys", ignore=shutil.ignore_patterns(".*"))
    if (unpacked / SQLITE_FILE).is_file():
        (unpacked / SQLITE_FILE).rename(state / SQLITE_FILE)
    return state


def _check_or_fill_database(unpacked: Path, state: Path, force: bool) -> None:
    """Check or fill the database in a process that uses the restored settings. Raise UsageError."""
    completed = subprocess.run(
        component_command(
            "restore_database", str(unpacked / TABLES_FOLDER), str(unpacked / "manifest.json"), "force" if force else ""
        ),
        env={**os.environ, "FANZHA_HOME": str(state)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode:
        raise UsageError(
            "数据库未恢复 the database was not restored: "
            + (completed.stderr.strip() or f"exit {completed.returncode}")
        )


@contextmanager
def _moved_aside(folder: Path) -> Iterator[None]:
    """Rename a folder during the block; rename it back if the block fails, and remove it if it was empty."""
    if not folder.exists():
        yield
        return
    aside = _unused_path(folder.with_name(f"{folder.name}.before-{time.strftime('%Y%m%dT%H%M%S')}"))
    folder.rename(aside)
    try:
        yield
    except BaseException:
        aside.rename(folder)
        raise
    if not any(entry.name != ".up" for entry in aside.iterdir()):
        (aside / ".up").unlink(missing_ok=True)
        aside.rmdir()


def _unused_path(preferred: Path) -> Path:
    """Return this path, or the first one with a number behind it that does not exist."""
    names = chain([preferred.name], (f"{preferred.name}-{number}" for number in count(2)))
    return next(path for name in names if not (path := preferred.with_name(name)).exists())
