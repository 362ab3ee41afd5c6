"""`fanzha backup`: write the state folder and the database of a running installation to one file.

The order of the members keeps the backup consistent: the spool comes before the database (a finding in both is imported
once), the other files come after it (each is written before the row that refers to it, and never changed).
"""

import time
from collections.abc import Iterator
from pathlib import Path

from fanzha import __version__
from fanzha.base.clock import iso
from fanzha.base.errors import UsageError
from fanzha.command.web.configuration import configuration
from fanzha.run.archive import FORMAT, MANIFEST, ArchiveWriter, BackupManifest, create_archive, encode_manifest
from fanzha.run.database_copy import SQLITE_FILE, Migrations, add_postgres, add_sqlite
from fanzha.run.key_encryption import seal

STATE_FOLDER = "state"  # the state folder inside the archive
SEALED_SUFFIX = ".sealed"
#: Created at every start, copied in another way (the database), or short-lived (exports).
_EXCLUDED = {"static", "exports", SQLITE_FILE, f"{SQLITE_FILE}-wal", f"{SQLITE_FILE}-shm"}


def backup(path: Path, folder: Path, phrase: str = "") -> BackupManifest:
    """Write a backup of a state folder and its database; a pass phrase encrypts the keys.

    Raise UsageError if there is no database, or if the file exists.
    """
    settings = configuration(folder)
    if path.exists():
        raise UsageError(f"{path} is there already", fix="name another file: a backup replaces nothing")
    if not settings.database_url and not (folder / SQLITE_FILE).is_file():
        raise UsageError(f"{folder} holds no database", fix="set FANZHA_HOME; `fanzha up` makes one at its first start")
    with create_archive(path) as archive:
        _add_files(archive, folder, path, phrase, [folder / "spool"])
        migrations = _add_database(archive, settings.database_url, folder, path)
        remaining = [entry for entry in sorted(folder.iterdir()) if entry.name not in _EXCLUDED | {"spool"}]
        _add_files(archive, folder, path, phrase, remaining)
        manifest = BackupManifest(
            FORMAT,
            __version__,
            iso(time.time_ns() // 1_000_000),
            "postgresql" if settings.database_url else "sqlite",
            "encrypted" if phrase else "plain",
            migrations,
            dict(archive.hashes),
        )
        archive.add_bytes(MANIFEST, encode_manifest(manifest))
    return manifest


def _add_database(archive: ArchiveWriter, url: str, folder: Path, path: Path) -> Migrations:
    if url:
        return add_postgres(archive, url, path.absolute().parent)
    return add_sqlite(archive, folder / SQLITE_FILE)


def _add_files(archive: ArchiveWriter, folder: Path, path: Path, phrase: str, paths: list[Path]) -> None:
    for file in _regular_files(paths):
        if file.resolve() == path.resolve():
            continue
        name = file.relative_to(folder).as_posix()
        try:
            if phrase and name.startswith("keys/"):
                archive.add_bytes(f"{STATE_FOLDER}/{name}{SEALED_SUFFIX}", seal(file.read_bytes(), phrase, name))
            else:
                archive.add_file(f"{STATE_FOLDER}/{name}", file)
        except FileNotFoundError:  # imported from the spool or pruned since the folder was listed
            continue


def _regular_files(paths: list[Path]) -> Iterator[Path]:
    """Yield regular files, without locks and temporary files (their names begin with a dot)."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not file.is_symlink() and not file.name.startswith("."):
                yield file
