"""Priorities are real-time where the system permits it, and refusals are no errors."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from fanzha.screen.site import priority

SLEEPER = """
import threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print(1, flush=True)
time.sleep(60)
"""


@pytest.fixture
def sleeper() -> Iterator[int]:
    """Run a process with two threads; return its pid."""
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline()
        yield process.pid
        process.kill()


def refuse(*_arguments: object) -> None:
    raise PermissionError


def test_all_threads_of_a_process_are_raised(sleeper: int) -> None:
    if not priority.raise_process(sleeper, priority.STANDBY):
        pytest.skip("the system permits no real-time priority")
    threads = [int(name) for name in os.listdir(f"/proc/{sleeper}/task")]
    assert len(threads) == 2
    assert {os.sched_getscheduler(thread) for thread in threads} == {os.SCHED_RR}
    assert priority.raise_process(sleeper, priority.OWNER)
    assert {os.sched_getparam(thread).sched_priority for thread in threads} == {priority.OWNER}


def test_a_refusal_is_returned(sleeper: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    assert not priority.raise_process(sleeper, priority.OWNER)
    assert not priority.raise_supervisor()
    priority.lower_own()


def test_a_process_that_has_ended_is_not_raised() -> None:
    assert not priority.raise_process(2**22 + 1, priority.OWNER)
