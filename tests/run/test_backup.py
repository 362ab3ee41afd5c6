"""A backup holds all that an installation is, while it is in use, and says so; what it leaves out is made anew."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.run.running_site import TOP, environment, migrated, run

from fanzha.base.errors import WrongCall
from fanzha.run.archive import Manifest, unpack
from fanzha.run.backup import backup
from fanzha.run.key_box import unseal

PHRASE = "many made-up words in a row"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("first") / "home"
    migrated(home)
    return home


@pytest.fixture
def home(first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder with something of everything."""
    monkeypatch.delenv("FANZHA_DATABASE_URL", raising=False)
    made = tmp_path / "home"
    made.mkdir()
    (made / "fanzha.sqlite3").write_bytes((first / "fanzha.sqlite3").read_bytes())
    for name in (
        "keys/site",
        "lists/spared.csv",
        "spool/1.parquet",
        "evidence/ab/abcd",
        "exports/E1.csv",
        "static/site.css",
        "site/.lock",
    ):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(name.encode())
    yield made


def names(manifest: Manifest) -> set[str]:
    return set(manifest.members)


def test_all_is_in_it_but_what_is_made_anew(home: Path, tmp_path: Path) -> None:
    made = backup(tmp_path / "a", home)
    kept = {"keys/site", "lists/spared.csv", "spool/1.parquet", "evidence/ab/abcd"}
    assert names(made) == {f"state/{name}" for name in kept} | {"fanzha.sqlite3"}
    assert (made.database, made.keys) == ("sqlite", "plain")
    assert ("organizations", "0001_initial") in made.migrations
    assert unpack(tmp_path / "a", tmp_path / "out") == made


def test_the_spool_comes_before_the_database_and_what_it_names_after_it(home: Path, tmp_path: Path) -> None:
    order = list(backup(tmp_path / "a", home).members)
    assert order.index("state/spool/1.parquet") < order.index("fanzha.sqlite3") < order.index("state/evidence/ab/abcd")


def test_with_a_pass_phrase_the_keys_are_sealed_and_nothing_else(home: Path, tmp_path: Path) -> None:
    made = backup(tmp_path / "a", home, PHRASE)
    assert made.keys == "encrypted"
    assert {name for name in names(made) if "keys" in name} == {"state/keys/site.sealed"}
    unpack(tmp_path / "a", tmp_path / "out")
    sealed = (tmp_path / "out" / "state" / "keys" / "site.sealed").read_bytes()
    assert b"keys/site" not in sealed
    assert unseal(sealed, PHRASE, "keys/site") == b"keys/site"


def test_a_backup_replaces_no_file(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("an older one")
    with pytest.raises(WrongCall, match="is there already"):
        backup(tmp_path / "a", home)
    assert (tmp_path / "a").read_text() == "an older one"


def test_a_backup_within_the_state_folder_does_not_hold_itself(home: Path) -> None:
    backup(home / "a", home)
    assert "state/a" not in names(backup(home / "b", home)) - {"state/a"}
    assert not any(name.startswith("state/b") for name in names(backup(home / "c", home)) - {"state/b"})


def test_a_folder_that_was_never_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongCall, match="holds no database"):
        backup(tmp_path / "a", tmp_path / "none")


def test_while_others_write_the_copy_is_of_one_moment(home: Path, tmp_path: Path) -> None:
    """A writer adds batches of three entries; a copy that held half of a transaction would not be whole."""
    done = run(home, "tests.run.put_on_record", "1")
    assert done.returncode == 0, done.stderr
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.run.put_on_record", "1000000"],  # until it is ended
        env=environment(home),
        cwd=TOP,
        stderr=subprocess.PIPE,
    )
    counts: list[int] = []
    try:
        while len(set(counts)) < 4 and len(counts) < 100:
            assert writer.poll() is None, "the writer has ended"
            path = tmp_path / f"b{len(counts)}"
            backup(path, home)
            counts.append(_checked(path, tmp_path / f"out{len(counts)}"))
    finally:
        writer.kill()
        _out, told = writer.communicate()
    assert not told
    assert counts == sorted(counts)
    assert len(set(counts)) > 1, "nothing was written meanwhile"


def _checked(path: Path, out: Path) -> int:
    unpack(path, out)
    with closing(sqlite3.connect(out / "fanzha.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (batches,) = database.execute("SELECT count(*) FROM evidence_logbatch").fetchone()
        (entries,) = database.execute("SELECT count(*) FROM evidence_logentry").fetchone()
        (number,) = database.execute("SELECT number FROM evidence_loghead").fetchone()
    assert (entries, number) == (3 * batches, batches)
    return int(batches)
