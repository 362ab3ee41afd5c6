"""`fanzha restore`: restore a backup; nothing is changed before the whole backup was verified."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.command.web.configuration import configuration
from fanzha.run.archive import BackupManifest, encode_manifest, unpack
from fanzha.run.backup import SEALED_SUFFIX, STATE_FOLDER
from fanzha.run.component import component_command
from fanzha.run.database_copy import SQLITE_FILE, TABLES_FOLDER
from fanzha.run.instance_lock import instance_lock
from fanzha.run.key_encryption import unseal


def restore(path: Path, folder: Path, phrase: str = "", *, force: bool = False) -> BackupManifest:
    """Restore a backup. A state folder or database that is not empty is refused, or replaced if `force` is true.

    A replaced state folder is renamed, not deleted. Raise UsageError if the backup cannot be restored; nothing is then
    changed, except that `force` may have cleared a PostgreSQL database.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    _refuse_occupied_folder(folder, force)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-restoring-", dir=folder.parent) as unpacked:
        manifest = unpack(path, Path(unpacked))
        state = _prepare_state(Path(unpacked), manifest, phrase)
        url = configuration(state).database_url
        if bool(url) != (manifest.database == "postgresql"):
            raise UsageError(
                f"the backup holds a {manifest.database} database, but the settings name "
                + ("a PostgreSQL" if url else "none, which is SQLite"),
                fix="set or unset FANZHA_DATABASE_URL",
            )
        (Path(unpacked) / "manifest.json").write_bytes(encode_manifest(manifest))
        _check_or_fill_database(Path(unpacked), state, force)
        with _moved_aside(folder):
            state.rename(folder)
    return manifest


def _refuse_occupied_folder(folder: Path, force: bool) -> None:
    if not folder.is_dir() or not any(entry.name != ".up" for entry in folder.iterdir()):
        return
    if not force:
        raise UsageError(
            f"{folder} is not empty", fix="set FANZHA_HOME to a new folder, or give --force: it is then set aside"
        )
    with instance_lock(folder):
        return


def _prepare_state(unpacked: Path, manifest: BackupManifest, phrase: str) -> Path:
    """Decrypt the keys, move the SQLite file into the unpacked state folder, and return that folder."""
    state = unpacked / STATE_FOLDER
    state.mkdir(exist_ok=True, mode=0o700)
    if manifest.keys == "encrypted":
        if not phrase:
            raise UsageError(
                "the keys of this backup are sealed", fix="give --passphrase with the file that opens them"
            )
        for file in sorted(state.rglob(f"*{SEALED_SUFFIX}")):
            plain_file = file.with_name(file.name.removesuffix(SEALED_SUFFIX))
            plain_file.touch(mode=0o600)
            plain_file.write_bytes(unseal(file.read_bytes(), phrase, plain_file.relative_to(state).as_posix()))
            file.unlink()
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
            "the database was not restored: " + (completed.stderr.strip() or f"exit {completed.returncode}")
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
