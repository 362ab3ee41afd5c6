"""Processes that exit are restarted with backoff; stopping leaves no process behind."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fanzha.base.words import Words
from fanzha.run.process_supervisor import (
    FROZEN_SECONDS,
    RESTART_BACKOFF_SECONDS,
    STABLE_SECONDS,
    FrozenProcesses,
    ProcessSpec,
    SupervisedProcess,
    stop_all,
)

SLEEP = "import time; time.sleep(60)"
IGNORE_SIGTERM = (
    "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "pathlib.Path({ready!r}).touch(); time.sleep(60)"
)


def supervise_code(code: str, messages: list[str]) -> SupervisedProcess:
    return SupervisedProcess(ProcessSpec(Words("示例", "example"), [sys.executable, "-c", code]), messages.append)


def test_what_it_says_goes_to_its_log_and_what_it_said_before_stays(tmp_path: Path) -> None:
    log = tmp_path / "said.log"
    for word in ("first", "second"):
        process = SupervisedProcess(
            ProcessSpec(Words("示例", "example"), [sys.executable, "-c", f"print('{word}')"], log=log), print
        )
        process.start()
        wait_for_exit(process)
    assert log.read_text().split() == ["first", "second"]


def wait_for_exit(process: SupervisedProcess) -> None:
    assert process.process is not None
    process.process.wait(60)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def test_a_process_that_is_stopped_and_not_resumed_is_frozen() -> None:
    process, frozen = supervise_code(SLEEP, []), FrozenProcesses()
    process.start()
    assert process.process is not None
    pid = process.process.pid
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
    assert frozen.find([pid], 1_000.0) == []
    assert [found.pid for found in frozen.find([pid], 1_000.0 + FROZEN_SECONDS)] == [pid]
    assert frozen.find([os.getsid(0)], 1_010.0 + FROZEN_SECONDS) == []  # of other sessions
    os.kill(pid, signal.SIGCONT)
    wait_until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T")
    assert frozen.find([pid], 1_020.0 + FROZEN_SECONDS) == []
    process.kill()


def test_a_supervisor_that_was_stopped_itself_takes_nobody_for_frozen_at_once() -> None:
    process, frozen = supervise_code(SLEEP, []), FrozenProcesses()
    process.start()
    assert process.process is not None
    pid = process.process.pid
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
    assert frozen.find([pid], 1_000.0) == []
    assert frozen.find([pid], 1_001.0 + 2 * FROZEN_SECONDS) == []
    process.kill()


def test_what_ended_is_started_again_when_its_pause_is_over() -> None:
    messages: list[str] = []
    process = supervise_code("raise SystemExit(3)", messages)
    process.start()
    wait_for_exit(process)
    now = time.monotonic()
    process.restart_if_ended(now)
    assert process.process is None
    process.restart_if_ended(now + RESTART_BACKOFF_SECONDS[0] / 2)
    assert process.process is None
    process.restart_if_ended(now + RESTART_BACKOFF_SECONDS[0])
    assert process.process is not None
    process.kill()
    assert "example ended (3), again in 0.2 s" in messages[1]


def test_pauses_grow_to_a_minute_and_begin_anew_after_a_steady_run() -> None:
    messages: list[str] = []
    process = supervise_code("raise SystemExit(1)", messages)
    now = time.monotonic()
    for pause in (*RESTART_BACKOFF_SECONDS, RESTART_BACKOFF_SECONDS[-1]):
        process.start()
        wait_for_exit(process)
        process.restart_if_ended(now)
        assert messages[-1].endswith(f"again in {pause:g} s")
    process.start()
    wait_for_exit(process)
    process.restart_if_ended(time.monotonic() + STABLE_SECONDS)
    assert messages[-1].endswith(f"again in {RESTART_BACKOFF_SECONDS[0]:g} s")


def test_how_it_ended_is_said_by_the_name_of_the_signal() -> None:
    messages: list[str] = []
    process = supervise_code(SLEEP, messages)
    process.start()
    assert process.process is not None
    process.process.kill()
    wait_for_exit(process)
    process.restart_if_ended(time.monotonic())
    assert "(SIGKILL)" in messages[-1]


def test_who_does_not_stop_is_ended_for_good(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("fanzha.run.process_supervisor.STOP_TIMEOUT_SECONDS", 3)
    messages: list[str] = []
    processes = [
        supervise_code(IGNORE_SIGTERM.format(ready=str(tmp_path / "ready")), messages),
        supervise_code(SLEEP, messages),
    ]
    for process in processes:
        process.start()
    pids = [process.process.pid for process in processes if process.process is not None]
    wait_until((tmp_path / "ready").exists)
    stop_all(processes, messages.append)
    assert messages[-1] == "强制结束 had to be ended: 示例 example"
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    code = (
        "import subprocess, sys, pathlib; "
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); "
        f"pathlib.Path({str(file)!r}).write_text(str(child.pid))"
    )
    process = supervise_code(code, [])
    process.start()
    wait_for_exit(process)
    child = int(file.read_text())
    os.kill(child, 0)
    process.restart_if_ended(time.monotonic())
    wait_until(lambda: is_gone(child))


def test_it_does_not_outlive_whoever_keeps_it(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    code = (
        "import os, pathlib, signal, sys\n"
        "from fanzha.base.words import Words\n"
        "from fanzha.run.process_supervisor import ProcessSpec, SupervisedProcess\n"
        f"process = SupervisedProcess(ProcessSpec(Words('', ''), [sys.executable, '-c', {SLEEP!r}]), print)\n"
        "process.start()\n"
        f"pathlib.Path({str(file)!r}).write_text(str(process.process.pid))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    supervisor = supervise_code(code, [])
    supervisor.start()
    wait_for_exit(supervisor)
    wait_until(lambda: is_gone(int(file.read_text())))
    assert supervisor.process is not None and supervisor.process.returncode == -signal.SIGKILL
