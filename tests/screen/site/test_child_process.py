"""A silent process hangs when it is idle, when it is busy for long, or when nobody else could answer for longer."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fanzha.screen.site import child_process
from fanzha.screen.site.child_process import ChildProcess
from fanzha.screen.site.control_channel import open_channel


@contextmanager
def child(code: str) -> Iterator[ChildProcess]:
    """Run a process that sends no message."""
    channel, child_end = open_channel()
    process = subprocess.Popen([sys.executable, "-c", f"print(1, flush=True)\n{code}"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.3)  # what it does to start is done
    made = ChildProcess(process, channel)
    made.record_activity()
    try:
        yield made
    finally:
        made.kill()
        process.stdout.close()
        child_end.close()


def test_a_silent_idle_process_hangs_and_one_that_has_just_spoken_does_not() -> None:
    with child("import time; time.sleep(60)") as idle:
        assert not idle.is_hung(idle.last_heard + child_process.SILENT_SECONDS / 2, alone=False)
        assert idle.is_hung(idle.last_heard + child_process.SILENT_SECONDS + 0.1, alone=False)


def test_a_silent_busy_process_hangs_later() -> None:
    with child("while True: pass") as busy:
        assert not busy.is_hung(busy.last_heard + child_process.BUSY_SECONDS - 0.1, alone=False)
        assert busy.is_hung(busy.last_heard + child_process.BUSY_SECONDS + 0.1, alone=False)


def test_a_process_without_standby_hangs_last() -> None:
    with child("import time; time.sleep(60)") as alone:
        assert not alone.is_hung(alone.last_heard + child_process.BUSY_SECONDS + 0.1, alone=True)
        assert alone.is_hung(alone.last_heard + child_process.ALONE_SECONDS + 0.1, alone=True)


def test_a_process_that_a_signal_stopped_is_known_until_it_goes_on() -> None:
    with child("import time; time.sleep(60)") as stopped:
        assert not stopped.is_stopped()
        os.kill(stopped.process.pid, signal.SIGSTOP)
        until(stopped.is_stopped)
        os.kill(stopped.process.pid, signal.SIGCONT)
        until(lambda: not stopped.is_stopped())


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_an_ended_process_hangs() -> None:
    with child("") as ended:
        ended.process.wait()
        assert ended.is_hung(ended.last_heard + child_process.SILENT_SECONDS + 0.1, alone=False)
