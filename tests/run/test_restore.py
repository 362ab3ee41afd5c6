"""A backup round-trips on both databases: all rows and files are restored and usable."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.run.running_site import migrate_site, read_tables, run_module

from fanzha.base.errors import UsageError
from fanzha.run.backup import backup
from fanzha.run.restore import restore

PHRASE = "many made-up words in a row"
FILES = {"lists/spared.csv": b"number\n", "evidence/ab/abcd": b"a photo", "keys/snapshot": bytes(32)}


class Installation:
    """An installation and its backup."""

    def __init__(self, home: Path, url: str, new_url: Callable[[], str]) -> None:
        self.home, self.url, self._new_url = home, url, new_url
        self.file = home.parent / "backup"

    def new_url(self) -> str:
        return self._new_url() if self.url else ""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
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
        backup(created.file, created.home, PHRASE)
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


def test_every_row_and_file_comes_back_and_the_log_goes_on_where_it_was(
    installation: Installation, tmp_path: Path
) -> None:
    url, home = installation.new_url(), tmp_path / "home"
    with database_url(url):
        restore(installation.file, home, PHRASE)
    before = read_tables(home, url)
    assert before == read_tables(installation.home, installation.url)
    assert file_contents(home) == file_contents(installation.home)
    assert (home / "keys" / "snapshot").stat().st_mode & 0o777 == 0o600
    completed = run_module(home, "tests.run.write_audit_log", "2", url=url)
    assert completed.returncode == 0, completed.stderr
    after = read_tables(home, url)
    assert len(after["evidence_logbatch"]) == len(before["evidence_logbatch"]) + 2
    assert set(before["evidence_logbatch"]) < set(after["evidence_logbatch"])
    changed = run_module(home, "tests.run.tamper_with_log", url=url)
    assert "is append-only" in changed.stderr


def test_what_is_there_is_refused_and_with_force_set_aside(installation: Installation, tmp_path: Path) -> None:
    url, home = installation.new_url(), tmp_path / "home"
    (home / "lists").mkdir(parents=True)
    (home / "lists" / "mine.csv").write_text("mine\n")
    with database_url(url):
        with pytest.raises(UsageError, match="is not empty"):
            restore(installation.file, home, PHRASE)
        assert [path.name for path in tmp_path.iterdir()] == ["home"]
        restore(installation.file, home, PHRASE, force=True)
        for _ in range(2):  # over itself: a PostgreSQL is emptied first; often two within one second
            restore(installation.file, home, PHRASE, force=True)
    assert read_tables(home, url) == read_tables(installation.home, installation.url)
    replaced = [path for path in tmp_path.iterdir() if path.name.startswith("home.before-")]
    assert len(replaced) == 3 and sum((path / "lists" / "mine.csv").is_file() for path in replaced) == 1


def test_a_database_that_holds_something_is_refused_before_the_folder_is_made(
    installation: Installation, tmp_path: Path
) -> None:
    if not installation.url:
        return  # a SQLite database lies in the folder
    with database_url(installation.url), pytest.raises(UsageError, match="on PostgreSQL is not empty"):
        restore(installation.file, tmp_path / "home", PHRASE)
    assert list(tmp_path.iterdir()) == []


def test_without_the_pass_phrase_nothing_is_done(installation: Installation, tmp_path: Path) -> None:
    with database_url(installation.new_url()):
        with pytest.raises(UsageError, match="are sealed"):
            restore(installation.file, tmp_path / "home")
        with pytest.raises(UsageError, match="does not open"):
            restore(installation.file, tmp_path / "home", "another pass phrase")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_of_the_other_kind_of_database_is_told(installation: Installation, tmp_path: Path) -> None:
    with (
        database_url("" if installation.url else "postgresql://postgres@localhost/none"),
        pytest.raises(UsageError, match=f"holds a {'postgresql' if installation.url else 'sqlite'} database"),
    ):
        restore(installation.file, tmp_path / "home", PHRASE)


def test_a_damaged_backup_leaves_all_as_it_was(installation: Installation, tmp_path: Path) -> None:
    damaged = bytearray(installation.file.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    (tmp_path / "damaged").write_bytes(damaged)
    with (
        database_url(installation.new_url()),
        pytest.raises(UsageError, match=r"no whole backup|not what the manifest says"),
    ):
        restore(tmp_path / "damaged", tmp_path / "home", PHRASE)
    assert [path.name for path in tmp_path.iterdir()] == ["damaged"]
