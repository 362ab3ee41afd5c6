"""A round trip on both databases: every row and file comes back, goes on to be used, and nothing is lost on the way."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.run.running_site import held, migrated, run

from fanzha.base.errors import WrongCall
from fanzha.run.backup import backup
from fanzha.run.restore import restore

PHRASE = "many made-up words in a row"
FILES = {"lists/spared.csv": b"number\n", "evidence/ab/abcd": b"a photo", "keys/snapshot": bytes(32)}


class Made:
    """An installation in use, with its backup."""

    def __init__(self, home: Path, url: str, new_url: Callable[[], str]) -> None:
        self.home, self.url, self._new_url = home, url, new_url
        self.file = home.parent / "backup"

    def new_url(self) -> str:
        return self._new_url() if self.url else ""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Made]:
    new_url = new_database if request.param == "postgresql" else str
    found = Made(tmp_path_factory.mktemp(request.param) / "home", new_url(), new_url)
    migrated(found.home, found.url)
    for name, data in FILES.items():
        (found.home / name).parent.mkdir(parents=True, exist_ok=True)
        (found.home / name).write_bytes(data)
    done = run(found.home, "tests.run.put_on_record", "4", url=found.url)
    assert done.returncode == 0, done.stderr
    with _database(found.url):
        backup(found.file, found.home, PHRASE)
    yield found


class _database:
    """Name the database of this process, as an operator does."""

    def __init__(self, url: str) -> None:
        self._patch, self._url = pytest.MonkeyPatch(), url

    def __enter__(self) -> None:
        self._patch.delenv("FANZHA_DATABASE_URL", raising=False)
        if self._url:
            self._patch.setenv("FANZHA_DATABASE_URL", self._url)

    def __exit__(self, *_: object) -> None:
        self._patch.undo()


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((".", "fanzha.sqlite3"))
    }


def test_every_row_and_file_comes_back_and_the_log_goes_on_where_it_was(made: Made, tmp_path: Path) -> None:
    url, home = made.new_url(), tmp_path / "home"
    with _database(url):
        restore(made.file, home, PHRASE)
    before = held(home, url)
    assert before == held(made.home, made.url)
    assert files(home) == files(made.home)
    assert (home / "keys" / "snapshot").stat().st_mode & 0o777 == 0o600
    done = run(home, "tests.run.put_on_record", "2", url=url)
    assert done.returncode == 0, done.stderr
    after = held(home, url)
    assert len(after["evidence_logbatch"]) == len(before["evidence_logbatch"]) + 2
    assert set(before["evidence_logbatch"]) < set(after["evidence_logbatch"])
    changed = run(home, "tests.run.change_the_log", url=url)
    assert "is append-only" in changed.stderr


def test_what_is_there_is_refused_and_with_force_set_aside(made: Made, tmp_path: Path) -> None:
    url, home = made.new_url(), tmp_path / "home"
    (home / "lists").mkdir(parents=True)
    (home / "lists" / "mine.csv").write_text("mine\n")
    with _database(url):
        with pytest.raises(WrongCall, match="is not empty"):
            restore(made.file, home, PHRASE)
        assert [path.name for path in tmp_path.iterdir()] == ["home"]
        restore(made.file, home, PHRASE, force=True)
        for _ in range(2):  # over itself: a PostgreSQL is emptied first; often two within one second
            restore(made.file, home, PHRASE, force=True)
    assert held(home, url) == held(made.home, made.url)
    aside = [path for path in tmp_path.iterdir() if path.name.startswith("home.before-")]
    assert len(aside) == 3 and sum((path / "lists" / "mine.csv").is_file() for path in aside) == 1


def test_a_database_that_holds_something_is_refused_before_the_folder_is_made(made: Made, tmp_path: Path) -> None:
    if not made.url:
        return  # a SQLite database lies in the folder
    with _database(made.url), pytest.raises(WrongCall, match="on PostgreSQL is not empty"):
        restore(made.file, tmp_path / "home", PHRASE)
    assert list(tmp_path.iterdir()) == []


def test_without_the_pass_phrase_nothing_is_done(made: Made, tmp_path: Path) -> None:
    with _database(made.new_url()):
        with pytest.raises(WrongCall, match="are sealed"):
            restore(made.file, tmp_path / "home")
        with pytest.raises(WrongCall, match="does not open"):
            restore(made.file, tmp_path / "home", "another pass phrase")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_of_the_other_kind_of_database_is_told(made: Made, tmp_path: Path) -> None:
    with (
        _database("" if made.url else "postgresql://postgres@localhost/none"),
        pytest.raises(WrongCall, match=f"holds a {'postgresql' if made.url else 'sqlite'} database"),
    ):
        restore(made.file, tmp_path / "home", PHRASE)


def test_a_damaged_backup_leaves_all_as_it_was(made: Made, tmp_path: Path) -> None:
    damaged = bytearray(made.file.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    (tmp_path / "damaged").write_bytes(damaged)
    with _database(made.new_url()), pytest.raises(WrongCall, match=r"no whole backup|not what the manifest says"):
        restore(tmp_path / "damaged", tmp_path / "home", PHRASE)
    assert [path.name for path in tmp_path.iterdir()] == ["damaged"]
