"""`fanzha restore`: an installation as it was; nothing is touched before the whole backup was checked."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

from fanzha.base.errors import WrongCall
from fanzha.command.web.configuration import configuration
from fanzha.run.alone import alone
from fanzha.run.archive import Manifest, encoded, unpack
from fanzha.run.backup import SEALED, STATE
from fanzha.run.database_copy import SQLITE_FILE, TABLES
from fanzha.run.key_box import unseal
from fanzha.run.part import part


def restore(path: Path, folder: Path, phrase: str = "", *, force: bool = False) -> Manifest:
    """Put a backup back. A state folder or database that holds something is refused, or with `force` replaced.

    A replaced state folder is set aside, not deleted. Raises WrongCall; then all is as it was, but for a PostgreSQL
    that `force` had cleared.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    _refuse_what_is_there(folder, force)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-restoring-", dir=folder.parent) as unpacked:
        manifest = unpack(path, Path(unpacked))
        state = _state(Path(unpacked), manifest, phrase)
        url = configuration(state).database_url
        if bool(url) != (manifest.database == "postgresql"):
            raise WrongCall(
                f"the backup holds a {manifest.database} database, but the settings name "
                + ("a PostgreSQL" if url else "none, which is SQLite"),
                fix="set or unset FANZHA_DATABASE_URL",
            )
        (Path(unpacked) / "manifest.json").write_bytes(encoded(manifest))
        _check_or_fill_database(Path(unpacked), state, force)
        with _set_aside(folder):
            state.rename(folder)
    return manifest


def _refuse_what_is_there(folder: Path, force: bool) -> None:
    if not folder.is_dir() or not any(one.name != ".up" for one in folder.iterdir()):
        return
    if not force:
        raise WrongCall(
            f"{folder} is not empty", fix="set FANZHA_HOME to a new folder, or give --force: it is then set aside"
        )
    with alone(folder):
        return


def _state(unpacked: Path, manifest: Manifest, phrase: str) -> Path:
    """Return the state folder as it is to be, below the unpacked backup."""
    state = unpacked / STATE
    state.mkdir(exist_ok=True, mode=0o700)
    if manifest.keys == "encrypted":
        if not phrase:
            raise WrongCall("the keys of this backup are sealed", fix="give --passphrase with the file that opens them")
        for file in sorted(state.rglob(f"*{SEALED}")):
            opened = file.with_name(file.name.removesuffix(SEALED))
            opened.touch(mode=0o600)
            opened.write_bytes(unseal(file.read_bytes(), phrase, opened.relative_to(state).as_posix()))
            file.unlink()
    if (unpacked / SQLITE_FILE).is_file():
        (unpacked / SQLITE_FILE).rename(state / SQLITE_FILE)
    return state


def _check_or_fill_database(unpacked: Path, state: Path, force: bool) -> None:
    """Let a process with the restored settings look at the database, or fill it; raises WrongCall."""
    done = subprocess.run(
        part("restore_database", str(unpacked / TABLES), str(unpacked / "manifest.json"), "force" if force else ""),
        env={**os.environ, "FANZHA_HOME": str(state)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WrongCall("the database was not restored: " + (done.stderr.strip() or f"exit {done.returncode}"))


@contextmanager
def _set_aside(folder: Path) -> Iterator[None]:
    """Move what is there beside itself; it comes back when what follows fails."""
    if not folder.exists():
        yield
        return
    aside = _free(folder.with_name(f"{folder.name}.before-{time.strftime('%Y%m%dT%H%M%S')}"))
    folder.rename(aside)
    try:
        yield
    except BaseException:
        aside.rename(folder)
        raise
    if not any(one.name != ".up" for one in aside.iterdir()):
        (aside / ".up").unlink(missing_ok=True)
        aside.rmdir()


def _free(wanted: Path) -> Path:
    """Return this path, or with a number behind it: two restores may fall into one second."""
    names = chain([wanted.name], (f"{wanted.name}-{number}" for number in count(2)))
    return next(path for name in names if not (path := wanted.with_name(name)).exists())
