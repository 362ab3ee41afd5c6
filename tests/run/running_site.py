"""Start a separate site for a test, with its own state folder, database and processes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from fanzha.store.private_files import create_private_folder, lock_folder

TOP = Path(__file__).resolve().parents[2]
#: Where the first migrated database of a run is, for all its workers.
MIGRATED = Path(os.environ["FANZHA_TESTS"]) / "migrated"


def environment(home: Path, url: str = "") -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "FANZHA_DATABASE_URL"}
    return {**inherited, "FANZHA_HOME": str(home), **({"FANZHA_DATABASE_URL": url} if url else {})}


def run_module(home: Path, *arguments: str, url: str = "", timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run a module (`-m NAME ...`) on a state folder."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env=environment(home, url),
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def migrate_site(home: Path, url: str = "") -> None:
    """Migrate the database of a site; only the first one of a run, or of a PostgreSQL server, and copy that for others.

    A migration takes 6.5 s of CPU time. Its keys are not copied: a site makes its own when it needs them.
    """
    create_private_folder(home)
    if url:
        _migrate_postgres(home, url)
        return
    with lock_folder(MIGRATED):
        if not (MIGRATED / "fanzha.sqlite3").exists():
            _migrate(MIGRATED / "first")
            (MIGRATED / "first" / "fanzha.sqlite3").rename(MIGRATED / "fanzha.sqlite3")
    shutil.copyfile(MIGRATED / "fanzha.sqlite3", home / "fanzha.sqlite3")


def _migrate_postgres(home: Path, url: str) -> None:
    parts = urlsplit(url)
    name = parts.path.strip("/")
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = 'migrated'").fetchone():
            server.execute(f"DROP DATABASE {name}")
            server.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
        else:
            _migrate(home, url)
            server.execute(f"CREATE DATABASE migrated TEMPLATE {name}")


def _migrate(home: Path, url: str = "") -> None:
    completed = run_module(home, "fanzha.run.component", "migrate", url=url, timeout=600)
    assert completed.returncode == 0, completed.stderr


def read_tables(home: Path, url: str = "") -> dict[str, list[str]]:
    """Return every row of every table."""
    completed = run_module(home, "tests.run.dump_database", url=url)
    assert completed.returncode == 0, completed.stderr
    tables: dict[str, list[str]] = json.loads(completed.stdout)
    return tables


class RunningSite:
    """A running `fanzha up` and its output."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        threading.Thread(target=self._collect_output, daemon=True).start()

    def _collect_output(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip())

    def wait_for_output(self, pattern: str, count: int = 1, timeout: float = 300) -> list[str]:
        """Wait until `count` lines match a pattern; return the first group of each match."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            matches = [match[1] for line in list(self.lines) if (match := re.search(pattern, line))]
            if len(matches) >= count:
                return matches
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} was not said {count} times in {timeout} s: {self.lines}")

    def pid(self, name: str, count: int = 1) -> int:
        return int(self.wait_for_output(rf"{name}: pid (\d+)", count)[-1])

    def stop(self, signal_number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        return self.process.wait(60)


@contextmanager
def start_site(home: Path, port: int, *arguments: str, url: str = "") -> Iterator[RunningSite]:
    process = subprocess.Popen(
        [sys.executable, "-m", "fanzha", "up", "--port", str(port), "--processes", "1", *arguments],
        env=environment(home, url),
        stderr=subprocess.PIPE,
        text=True,
    )
    running = RunningSite(process)
    try:
        yield running
    finally:
        running.stop()
        assert process.stderr is not None
        process.stderr.close()
