"""A backup round-trips on both databases: all rows and files are restored and usable."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path

import pytest
from tests.run.legacy_backups import seal, write_legacy_backup
from tests.run.running_site import migrate_site, read_tables, run_module

from fanzha.base.errors import UsageError
from fanzha.run.backup import backup
from fanzha.run.backup_keys import (
    Credentials,
    new_identity,
    passphrase_key,
    plain_key,
    recipient_key,
    sender_public_key,
)
from fanzha.run.restore import restore

PHRASE = "many made-up words in a row"
FILES = {"lists/spared.csv": b"number\n", "evidence/ab/abcd": b"a photo", "keys/snapshot": bytes(32)}


class Installation:
    """An installation and its backup."""

    def __init__(self, home: Path, url: str, new_url: Callable[[], str]) -> None:
        self.home, self.url, self._new_url = home, url, new_url
        self.file = home.parent / "backup"
        self.identity, self.recipient = new_identity()

    @property
    def credentials(self) -> Credentials:
        return Credentials(identity=self.identity, sender=sender_public_key(self.home))

    @cached_property
    def tables(self) -> dict[str, list[str]]:
        return read_tables(self.home, self.url)

    def new_url(self) -> str:
        return self._new_url() if self.url else ""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Installation]:
    new_url = new_database if request.param == "postgresql" else str
    created = Installation(tmp_path_factory.mktemp(request.param) / "home", new_url(), new_url)
    migrate_site(created.home, created.url)
    for name, data in FILES.items():
        (created.home / name).parent.mkdir(parents=True, exist_ok=True)
        (created.home / name).write_bytes(data)
    completed = run_module(created.home, "tests.run.write_audit_log", "4", url=created.url)
    assert completed.returncode == 0, completed.stderr
    with database_url(created.url):
        backup(created.file, created.home, recipient_key(created.recipient, created.home))
    yield created


class database_url:
    """Set FANZHA_DATABASE_URL for a block."""

    def __init__(self, url: str) -> None:
        self._patch, self._url = pytest.MonkeyPatch(), url

    def __enter__(self) -> None:
        self._patch.delenv("FANZHA_DATABASE_URL", raising=False)
        if self._url:
            self._patch.setenv("FANZHA_DATABASE_URL", self._url)

    def __exit__(self, *_: object) -> None:
        self._patch.undo()


def file_contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((".", "fanzha.sqlite3"))
    }


@pytest.mark.field
def test_every_row_and_file_comes_back_and_the_log_goes_on_where_it_was(
    installation: Installation, tmp_path: Path
) -> None:
    url, home = installation.new_url(), tmp_path / "home"
    with database_url(url):
        restore(installation.file, home, installation.credentials)
    before = read_tables(home, url)
    assert before == installation.tables
    assert file_contents(home) == file_contents(installation.home)
    assert (home / "keys" / "snapshot").stat().st_mode & 0o777 == 0o600
    completed = run_module(home, "tests.run.write_audit_log", "2", url=url)
    assert completed.returncode == 0, completed.stderr
    after = read_tables(home, url)
    assert len(after["evidence_logbatch"]) == len(before["evidence_logbatch"]) + 2
    assert set(before["evidence_logbatch"]) < set(after["evidence_logbatch"])
    changed = run_module(home, "tests.run.tamper_with_log", url=url)
    assert "is append-only" in changed.stderr


@pytest.mark.field
def test_what_is_there_is_refused_and_with_force_set_aside(installation: Installation, tmp_path: Path) -> None:
    url, home = installation.new_url(), tmp_path / "home"
    (home / "lists").mkdir(parents=True)
    (home / "lists" / "mine.csv").write_text("mine\n")
    with database_url(url):
        with pytest.raises(UsageError, match="is not empty"):
            restore(installation.file, home, installation.credentials)
        assert [path.name for path in tmp_path.iterdir()] == ["home"]
        restore(installation.file, home, installation.credentials, force=True)
        again = 1 if url else 2  # over itself: a PostgreSQL is emptied first; two on SQLite are within one second
        for _ in range(again):
            restore(installation.file, home, installation.credentials, force=True)
    assert read_tables(home, url) == installation.tables
    replaced = [path for path in tmp_path.iterdir() if path.name.startswith("home.before-")]
    assert len(replaced) == 1 + again and sum((path / "lists" / "mine.csv").is_file() for path in replaced) == 1


def test_a_database_that_holds_something_is_refused_before_the_folder_is_made(
    installation: Installation, tmp_path: Path
) -> None:
    if not installation.url:
        return  # a SQLite database lies in the folder
    with database_url(installation.url), pytest.raises(UsageError, match="on PostgreSQL is not empty"):
        restore(installation.file, tmp_path / "home", installation.credentials)
    assert list(tmp_path.iterdir()) == []


def test_without_the_key_or_with_another_one_nothing_is_done(installation: Installation, tmp_path: Path) -> None:
    another, _public = new_identity()
    with database_url(installation.new_url()):
        with pytest.raises(UsageError, match="give --identity"):
            restore(installation.file, tmp_path / "below" / "home", Credentials())
        with pytest.raises(UsageError, match="is encrypted for fzbr_"):
            restore(installation.file, tmp_path / "below" / "home", Credentials(identity=another))
    assert list(tmp_path.iterdir()) == []


def test_a_backup_of_the_other_kind_of_database_is_told(installation: Installation, tmp_path: Path) -> None:
    with (
        database_url("" if installation.url else "postgresql://postgres@localhost/none"),
        pytest.raises(UsageError, match=f"holds a {'postgresql' if installation.url else 'sqlite'} database"),
    ):
        restore(installation.file, tmp_path / "home", installation.credentials)


def damage(whole: bytes, way: str) -> bytes:
    middle = len(whole) // 2
    return {
        "changed": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "changed at its end": whole[:-1] + bytes([whole[-1] ^ 1]),
        "cut off": whole[:middle],
        "longer": whole + b"\0",
        "empty": b"",
    }[way]


@pytest.mark.parametrize("way", ["changed", "changed at its end", "cut off", "longer", "empty"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    installation: Installation, tmp_path: Path, way: str
) -> None:
    (tmp_path / "damaged").write_bytes(damage(installation.file.read_bytes(), way))
    credentials = installation.credentials
    with (
        record_new_folders(tmp_path) as folders,
        database_url(installation.new_url()),
        pytest.raises(UsageError, match=r"is damaged|no whole backup"),
    ):
        restore(tmp_path / "damaged", tmp_path / "below" / "home", credentials)
    assert folders == []
    assert [path.name for path in tmp_path.iterdir()] == ["damaged"]


@contextmanager
def record_new_folders(folder: Path) -> Iterator[list[str]]:
    """Collect the folders that are made below `folder` during the block, also those that are removed again."""
    created: list[str] = []
    mkdir = os.mkdir

    def record(path: "os.PathLike[str] | str", mode: int = 0o777) -> None:
        if Path(path).is_relative_to(folder):
            created.append(str(path))
        mkdir(path, mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "mkdir", record)
        yield created


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with a SQLite database."""
    home = tmp_path_factory.mktemp("site") / "home"
    migrate_site(home)
    for name, data in FILES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(data)
        (home / name).chmod(0o600)
    return home


def test_a_pass_phrase_opens_what_it_closed(site: Path, tmp_path: Path) -> None:
    with database_url(""):
        backup(tmp_path / "a", site, passphrase_key(PHRASE))
        with pytest.raises(UsageError, match="does not open with this pass phrase"):
            restore(tmp_path / "a", tmp_path / "below" / "home", Credentials("another pass phrase"))
        assert [path.name for path in tmp_path.iterdir()] == ["a"]
        assert restore(tmp_path / "a", tmp_path / "home", Credentials(PHRASE)).authenticated
    assert file_contents(tmp_path / "home") == file_contents(site)


def test_a_plain_backup_is_restored_with_the_keys_of_the_same_installation(site: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(site, home)
    with database_url(""):
        backup(tmp_path / "a", home, plain_key(home))
        (home / "lists" / "spared.csv").write_text("changed")
        assert restore(tmp_path / "a", home, Credentials(), force=True).authenticated
        assert restore(tmp_path / "a", tmp_path / "second", Credentials(keys_from=home)).authenticated
    for folder in (home, tmp_path / "second"):
        assert (folder / "lists" / "spared.csv").read_bytes() == FILES["lists/spared.csv"]
        assert (folder / "keys" / "snapshot").read_bytes() == FILES["keys/snapshot"]
        assert (folder / "keys" / "snapshot").stat().st_mode & 0o777 == 0o600


def test_a_plain_backup_of_another_installation_comes_without_keys_and_only_if_accepted(
    site: Path, tmp_path: Path
) -> None:
    with database_url(""):
        backup(tmp_path / "a", site, plain_key(site))
        with pytest.raises(UsageError, match="do not prove that it is authentic"):
            restore(tmp_path / "a", tmp_path / "home", Credentials())
        assert [path.name for path in tmp_path.iterdir()] == ["a"]
        restored = restore(tmp_path / "a", tmp_path / "home", Credentials(accept_unauthenticated=True))
    assert not restored.authenticated
    assert (tmp_path / "home" / "lists" / "spared.csv").is_file()
    assert not (tmp_path / "home" / "keys" / "snapshot").exists()


def tamper_with_database(site: Path, folder: Path) -> dict[str, bytes]:
    """Return the database member of an old backup into which somebody inserted a table."""
    shutil.copy(site / "fanzha.sqlite3", folder / "changed")
    with closing(sqlite3.connect(folder / "changed")) as database:
        database.execute("CREATE TABLE inserted (key text)")
        database.commit()
    return {"fanzha.sqlite3": (folder / "changed").read_bytes()}


def test_an_old_backup_with_keys_in_plain_and_a_recomputed_manifest_is_refused(site: Path, tmp_path: Path) -> None:
    members = tamper_with_database(site, tmp_path)
    write_legacy_backup(tmp_path / "a", members | {"state/keys/site": bytes(32)})
    with database_url(""):
        with pytest.raises(UsageError, match="keys that are not encrypted"):
            restore(tmp_path / "a", tmp_path / "home", Credentials(PHRASE))
        assert not (tmp_path / "home").exists()
        restored = restore(tmp_path / "a", tmp_path / "home", Credentials(accept_unauthenticated=True))
    assert not restored.authenticated
    assert (tmp_path / "home" / "keys" / "site").is_file()


def test_an_old_backup_with_sealed_keys_is_restored_and_not_called_authentic(site: Path, tmp_path: Path) -> None:
    members = tamper_with_database(site, tmp_path)
    sealed = {"state/keys/site.sealed": seal(bytes(32), PHRASE, "keys/site")}
    write_legacy_backup(tmp_path / "a", members | sealed, keys="encrypted")
    with database_url(""):
        with pytest.raises(UsageError, match="are sealed"):
            restore(tmp_path / "a", tmp_path / "home", Credentials())
        with pytest.raises(UsageError, match="does not open"):
            restore(tmp_path / "a", tmp_path / "home", Credentials("another pass phrase"))
        assert not (tmp_path / "home").exists()
        assert not restore(tmp_path / "a", tmp_path / "home", Credentials(PHRASE)).authenticated
    assert (tmp_path / "home" / "keys" / "site").read_bytes() == bytes(32)
