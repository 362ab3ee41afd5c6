"""`fanzha backup`: write the state folder and the database of a running installation to one file.

The order of the members keeps the backup consistent: the spool and what collectors fetched come before the database (a
finding in both is imported once), the other files come after it (each is written before the row that refers to it, and
never changed).
"""

import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from fanzha import __version__
from fanzha.analyze.terminal import Progress
from fanzha.base.clock import iso
from fanzha.base.errors import UsageError
from fanzha.command.web.configuration import Configuration, configuration
from fanzha.run.archive import FORMAT, MANIFEST, ArchiveWriter, BackupManifest, create_archive, encode_manifest
from fanzha.run.backup_keys import ArchiveKey, PlainHeader
from fanzha.run.database_copy import SQLITE_FILE, Migrations, add_postgres, add_sqlite, add_sqlite_copy

STATE_FOLDER = "state"  # the state folder inside the archive
#: Created at every start, copied in another way (the database), or short-lived (exports, warnings, candidates, logs).
_EXCLUDED = {
    "static",
    "exports",
    "call_records",
    "deliver",
    "exposure-addresses",
    "exposure-inbox",
    "exposures",
    "look-queue",
    "site_watch",
    SQLITE_FILE,
    f"{SQLITE_FILE}-wal",
    f"{SQLITE_FILE}-shm",
}
#: What the database takes in: copied before it, so that what is in both is taken in again and nothing is missing.
_FIRST = ("spool", "collect")
#: Databases that others write meanwhile are copied as of one moment, without the files beside them.
_SQLITE, _BESIDE_SQLITE = ".sqlite3", (".sqlite3-wal", ".sqlite3-shm")


def check_installation(path: Path, folder: Path) -> Configuration:
    """Return the settings of an installation. Raise UsageError if it has no database, or if the file exists."""
    settings = configuration(folder)
    if path.exists():
        raise UsageError(
            f"{path} 已存在 is there already",
            fix="请换一个文件名，备份不覆盖任何文件 name another file: a backup replaces nothing",
        )
    if not settings.database_url and not (folder / SQLITE_FILE).is_file():
        raise UsageError(
            f"{folder} 没有数据库 holds no database",
            fix="请设置 FANZHA_HOME；首次 `fanzha up` 会建立数据库 set FANZHA_HOME; `fanzha up` makes one at its"
            " first start",
        )
    return settings


def backup(path: Path, folder: Path, key: ArchiveKey, progress: Progress | None = None) -> BackupManifest:
    """Write a backup of a state folder and its database. A plain archive holds no keys.

    Raise UsageError if there is no database, or if the file exists.
    """
    settings = check_installation(path, folder)
    skipped = _EXCLUDED | {*_FIRST} | ({"keys"} if isinstance(key.header, PlainHeader) else set())
    remaining = [entry for entry in sorted(folder.iterdir()) if entry.name not in skipped]
    first = [folder / name for name in _FIRST if (folder / name).is_dir()]
    progress = progress or Progress(Console(), quiet=True)
    files = [*_regular_files([*first, *remaining]), folder / SQLITE_FILE]
    size = sum(file.stat().st_size for file in files if file.exists())
    progress.byte_stage("备份 backing up", None if settings.database_url else size)
    with create_archive(path, key, progress.advance_bytes) as archive:
        _add_files(archive, folder, path, first)
        migrations = _add_database(archive, settings.database_url, folder)
        _add_files(archive, folder, path, remaining)
        manifest = BackupManifest(
            FORMAT,
            __version__,
            iso(time.time_ns() // 1_000_000),
            "postgresql" if settings.database_url else "sqlite",
            "left out" if "keys" in skipped else "included",
            migrations,
            dict(archive.hashes),
        )
        archive.add_bytes(MANIFEST, encode_manifest(manifest))
    return manifest


def _add_database(archive: ArchiveWriter, url: str, folder: Path) -> Migrations:
    return add_postgres(archive, url, folder) if url else add_sqlite(archive, folder / SQLITE_FILE)


def _add_files(archive: ArchiveWriter, folder: Path, path: Path, paths: list[Path]) -> None:
    for file in _regular_files(paths):
        if file.resolve() == path.resolve():
            continue
        try:
            name = f"{STATE_FOLDER}/{file.relative_to(folder).as_posix()}"
            if file.suffix == _SQLITE:
                add_sqlite_copy(archive, name, file)
            else:
                archive.add_file(name, file)
        except FileNotFoundError:  # imported from the spool or pruned since the folder was listed
            continue


def _regular_files(paths: list[Path]) -> Iterator[Path]:
    """Yield regular files, without locks, temporary files (their names begin with a dot) and logs of SQLite."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.name.endswith(_BESIDE_SQLITE):
                continue
            if file.is_file() and not file.is_symlink() and not file.name.startswith("."):
                yield file
