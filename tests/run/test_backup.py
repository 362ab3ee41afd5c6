"""A backup of a running installation is complete and consistent; it leaves out what a start creates."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.run.running_site import TOP, environment, migrate_site, run_module

from fanzha.base.errors import UsageError
from fanzha.run.archive import BackupManifest, unpack
from fanzha.run.backup import backup
from fanzha.run.backup_encryption import EncryptedArchive
from fanzha.run.backup_keys import Credentials, new_identity, plain_key, recipient_key, sender_public_key

IDENTITY, RECIPIENT = new_identity()


def write(path: Path, home: Path) -> BackupManifest:
    return backup(path, home, recipient_key(RECIPIENT, home))


def extract(path: Path, home: Path, out: Path) -> BackupManifest:
    credentials = Credentials(identity=IDENTITY, sender=sender_public_key(home), keys_from=home)
    return unpack(EncryptedArchive(path, credentials).reader(), path, out)


@pytest.fixture(scope="module")
def migrated_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("first") / "home"
    migrate_site(home)
    return home


@pytest.fixture
def home(migrated_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder with one file of each sort."""
    monkeypatch.delenv("FANZHA_DATABASE_URL", raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "fanzha.sqlite3").write_bytes((migrated_home / "fanzha.sqlite3").read_bytes())
    for name in (
        "keys/site",
        "lists/spared.csv",
        "spool/1.parquet",
        "collect/feed.csv",
        "evidence/ab/abcd",
        "exports/E1.csv",
        "static/site.css",
        "site/.lock",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    yield folder


def member_names(manifest: BackupManifest) -> set[str]:
    return set(manifest.members)


def test_all_is_in_it_but_what_is_made_anew(home: Path, tmp_path: Path) -> None:
    manifest = write(tmp_path / "a", home)
    included = {
        "keys/backups",
        "keys/site",
        "lists/spared.csv",
        "spool/1.parquet",
        "collect/feed.csv",
        "evidence/ab/abcd",
    }
    assert member_names(manifest) == {f"state/{name}" for name in included} | {"fanzha.sqlite3"}
    assert (manifest.database, manifest.keys) == ("sqlite", "included")
    assert ("organizations", "0001_initial") in manifest.migrations
    assert extract(tmp_path / "a", home, tmp_path / "out") == manifest


def test_the_spool_comes_before_the_database_and_what_it_names_after_it(home: Path, tmp_path: Path) -> None:
    order = list(write(tmp_path / "a", home).members)
    database = order.index("fanzha.sqlite3")
    assert order.index("state/spool/1.parquet") < database < order.index("state/evidence/ab/abcd")
    assert order.index("state/collect/feed.csv") < database


def test_names_and_contents_are_encrypted(home: Path, tmp_path: Path) -> None:
    write(tmp_path / "a", home)
    contents = (tmp_path / "a").read_bytes()
    assert b"\x28\xb5\x2f\xfd" not in contents  # no compressed tar inside
    assert not any(text in contents for text in (b"evidence", b"spared", b"SQLite", b"manifest"))


def test_a_database_in_use_is_copied_as_of_one_moment(home: Path, tmp_path: Path) -> None:
    (home / "zone").mkdir()
    with closing(sqlite3.connect(home / "zone/zone.sqlite3")) as zone:
        zone.execute("PRAGMA journal_mode = WAL")
        zone.execute("CREATE TABLE decision (id TEXT)")
        zone.execute("INSERT INTO decision VALUES ('a')")
        zone.commit()  # the row is in the file beside the database yet
        manifest = write(tmp_path / "a", home)
    assert {name for name in member_names(manifest) if "zone" in name} == {"state/zone/zone.sqlite3"}
    extract(tmp_path / "a", home, tmp_path / "out")
    with closing(sqlite3.connect(tmp_path / "out/state/zone/zone.sqlite3")) as copy:
        assert copy.execute("SELECT id FROM decision").fetchall() == [("a",)]


def test_a_plain_backup_holds_no_keys(home: Path, tmp_path: Path) -> None:
    manifest = backup(tmp_path / "a", home, plain_key(home))
    assert manifest.keys == "left out"
    assert not any("keys" in name for name in member_names(manifest))
    assert "state/lists/spared.csv" in member_names(manifest)


def test_a_backup_replaces_no_file(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("an older one")
    with pytest.raises(UsageError, match="is there already"):
        write(tmp_path / "a", home)
    assert (tmp_path / "a").read_text() == "an older one"


def test_a_backup_within_the_state_folder_does_not_hold_itself(home: Path) -> None:
    write(home / "a", home)
    assert "state/a" not in member_names(write(home / "b", home)) - {"state/a"}
    assert not any(name.startswith("state/b") for name in member_names(write(home / "c", home)) - {"state/b"})


def test_a_folder_that_was_never_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no database"):
        write(tmp_path / "a", tmp_path / "none")


@pytest.mark.field
def test_while_others_write_the_copy_is_of_one_moment(home: Path, tmp_path: Path) -> None:
    """A writer adds batches of three entries; a copy must hold whole transactions."""
    completed = run_module(home, "tests.run.write_audit_log", "1")
    assert completed.returncode == 0, completed.stderr
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.run.write_audit_log", "1000000"],  # until it is ended
        env=environment(home),
        cwd=TOP,
        stderr=subprocess.PIPE,
    )
    counts: list[int] = []
    try:
        while len(set(counts)) < 4 and len(counts) < 100:
            assert writer.poll() is None, "the writer has ended"
            path = tmp_path / f"b{len(counts)}"
            write(path, home)
            counts.append(count_batches(path, home, tmp_path / f"out{len(counts)}"))
    finally:
        writer.kill()
        _out, errors = writer.communicate()
    assert not errors
    assert counts == sorted(counts)
    assert len(set(counts)) > 1, "nothing was written meanwhile"


def count_batches(path: Path, home: Path, out: Path) -> int:
    extract(path, home, out)
    with closing(sqlite3.connect(out / "fanzha.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (batches,) = database.execute("SELECT count(*) FROM evidence_logbatch").fetchone()
        (entries,) = database.execute("SELECT count(*) FROM evidence_logentry").fetchone()
        (number,) = database.execute("SELECT number FROM evidence_loghead").fetchone()
    assert (entries, number) == (3 * batches, batches)
    return int(batches)
