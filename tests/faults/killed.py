"""Commands that are killed at moments spread over their whole run."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.run.running_site import TOP, environment


def start(home: Path, *arguments: str | Path, url: str = "") -> "subprocess.Popen[bytes]":
    """Start a command on a state folder, without its output."""
    return subprocess.Popen(
        [sys.executable, "-m", "fanzha", *map(str, arguments)],
        env={**environment(home, url), "OMP_NUM_THREADS": "1"},
        cwd=TOP,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_anywhere(home: Path, *arguments: str | Path, kills: int) -> Iterator[float]:
    """Kill a command (SIGKILL) at `kills` moments spread over the time of an undisturbed run; yield after each kill."""
    began = time.monotonic()
    assert start(home, *arguments).wait(240) == 0
    seconds = time.monotonic() - began
    for number in range(kills):
        running = start(home, *arguments)
        time.sleep(seconds * (number + 1) / (kills + 1))
        running.kill()
        running.wait()
        yield seconds
