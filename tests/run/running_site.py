"""A site of its own for a test: its state folder, its database, its processes, filled with what is made up."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


def environment(home: Path, url: str = "") -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "FANZHA_DATABASE_URL"}
    return {**kept, "FANZHA_HOME": str(home), **({"FANZHA_DATABASE_URL": url} if url else {})}


def run(home: Path, *arguments: str, url: str = "", seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """Call a module of the tree (`-m NAME ...`) on a state folder."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env=environment(home, url),
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def migrated(home: Path, url: str = "") -> None:
    done = run(home, "fanzha.run.part", "migrate", url=url)
    assert done.returncode == 0, done.stderr


def held(home: Path, url: str = "") -> dict[str, list[str]]:
    """Return every row of every table."""
    done = run(home, "tests.run.table_rows", url=url)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


class Running:
    """`fanzha up`, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip())

    def said(self, pattern: str, count: int = 1, seconds: float = 120) -> list[str]:
        """Return what a pattern caught, once it was said so many times."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = [match[1] for line in list(self.lines) if (match := re.search(pattern, line))]
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} was not said {count} times in {seconds} s: {self.lines}")

    def pid(self, name: str, count: int = 1) -> int:
        return int(self.said(rf"{name}: pid (\d+)", count)[-1])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def up(home: Path, port: int, *arguments: str, url: str = "") -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-m", "fanzha", "up", "--port", str(port), "--processes", "1", *arguments],
        env=environment(home, url),
        stderr=subprocess.PIPE,
        text=True,
    )
    running = Running(process)
    try:
        yield running
    finally:
        running.stop()
        assert process.stderr is not None
        process.stderr.close()
