"""`fanzha backup`: all that an installation is, in one file, while it runs.

The order makes it one whole: the spool before the database (what is in both is imported once), files that the database
names after it (they are written before the row that names them, and never changed).
"""

import time
from collections.abc import Iterator
from pathlib import Path

from fanzha import __version__
from fanzha.base.clock import iso
from fanzha.base.errors import WrongCall
from fanzha.command.web.configuration import configuration
from fanzha.run.archive import FORMAT, MANIFEST, Manifest, Writer, encoded, writing
from fanzha.run.database_copy import SQLITE_FILE, Migrations, add_postgres, add_sqlite
from fanzha.run.key_box import seal

STATE = "state"  # folder of the archive that holds the state folder
SEALED = ".sealed"
#: Made again at every start, copied in another way, or (exports) not to be kept any longer than it is.
_LEFT_OUT = {"static", "exports", SQLITE_FILE, f"{SQLITE_FILE}-wal", f"{SQLITE_FILE}-shm"}


def backup(path: Path, folder: Path, phrase: str = "") -> Manifest:
    """Write a backup of a state folder and its database; with a pass phrase, keys are sealed under it.

    Raises WrongCall when there is no database yet, or when the file is there.
    """
    said = configuration(folder)
    if path.exists():
        raise WrongCall(f"{path} is there already", fix="name another file: a backup replaces nothing")
    if not said.database_url and not (folder / SQLITE_FILE).is_file():
        raise WrongCall(f"{folder} holds no database", fix="set FANZHA_HOME; `fanzha up` makes one at its first start")
    with writing(path) as archive:
        _add_files(archive, folder, path, phrase, [folder / "spool"])
        migrations = _add_database(archive, said.database_url, folder, path)
        others = [one for one in sorted(folder.iterdir()) if one.name not in _LEFT_OUT | {"spool"}]
        _add_files(archive, folder, path, phrase, others)
        manifest = Manifest(
            FORMAT,
            __version__,
            iso(time.time_ns() // 1_000_000),
            "postgresql" if said.database_url else "sqlite",
            "encrypted" if phrase else "plain",
            migrations,
            dict(archive.hashes),
        )
        archive.add_bytes(MANIFEST, encoded(manifest))
    return manifest


def _add_database(archive: Writer, url: str, folder: Path, path: Path) -> Migrations:
    if url:
        return add_postgres(archive, url, path.absolute().parent)
    return add_sqlite(archive, folder / SQLITE_FILE)


def _add_files(archive: Writer, folder: Path, path: Path, phrase: str, wanted: list[Path]) -> None:
    for file in _files(wanted):
        if file.resolve() == path.resolve():
            continue
        name = file.relative_to(folder).as_posix()
        try:
            if phrase and name.startswith("keys/"):
                archive.add_bytes(f"{STATE}/{name}{SEALED}", seal(file.read_bytes(), phrase, name))
            else:
                archive.add_file(f"{STATE}/{name}", file)
        except FileNotFoundError:  # taken from the spool, or pruned, since it was listed
            continue


def _files(wanted: list[Path]) -> Iterator[Path]:
    """Yield every file but locks and halves of files."""
    for path in wanted:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not file.is_symlink() and not file.name.startswith("."):
                yield file
