"""What ends is started again after a growing pause; all stop when told, and nothing is left behind."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fanzha.base.words import Words
from fanzha.run.kept import AGAIN_SECONDS, STEADY_SECONDS, Kept, Program, stop_all

WAITS = "import time; time.sleep(60)"
STUBBORN = (
    "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "pathlib.Path({ready!r}).touch(); time.sleep(60)"
)


def kept(code: str, said: list[str]) -> Kept:
    return Kept(Program(Words("示例", "example"), [sys.executable, "-c", code]), said.append)


def test_what_it_says_goes_to_its_log_and_what_it_said_before_stays(tmp_path: Path) -> None:
    log = tmp_path / "said.log"
    for word in ("first", "second"):
        one = Kept(Program(Words("示例", "example"), [sys.executable, "-c", f"print('{word}')"], log=log), print)
        one.start()
        wait_for_end(one)
    assert log.read_text().split() == ["first", "second"]


def wait_for_end(one: Kept) -> None:
    assert one.process is not None
    one.process.wait(60)


def within_a_minute(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def test_what_ended_is_started_again_when_its_pause_is_over() -> None:
    said: list[str] = []
    one = kept("raise SystemExit(3)", said)
    one.start()
    wait_for_end(one)
    now = time.monotonic()
    one.look(now)
    assert one.process is None
    one.look(now + AGAIN_SECONDS[0] / 2)
    assert one.process is None
    one.look(now + AGAIN_SECONDS[0])
    assert one.process is not None
    one.end()
    assert "example ended (3), again in 0.2 s" in said[1]


def test_pauses_grow_to_a_minute_and_begin_anew_after_a_steady_run() -> None:
    said: list[str] = []
    one = kept("raise SystemExit(1)", said)
    now = time.monotonic()
    for pause in (*AGAIN_SECONDS, AGAIN_SECONDS[-1]):
        one.start()
        wait_for_end(one)
        one.look(now)
        assert said[-1].endswith(f"again in {pause:g} s")
    one.start()
    wait_for_end(one)
    one.look(time.monotonic() + STEADY_SECONDS)
    assert said[-1].endswith(f"again in {AGAIN_SECONDS[0]:g} s")


def test_how_it_ended_is_said_by_the_name_of_the_signal() -> None:
    said: list[str] = []
    one = kept(WAITS, said)
    one.start()
    assert one.process is not None
    one.process.kill()
    wait_for_end(one)
    one.look(time.monotonic())
    assert "(SIGKILL)" in said[-1]


def test_who_does_not_stop_is_ended_for_good(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("fanzha.run.kept.STOP_SECONDS", 3)
    said: list[str] = []
    both = [kept(STUBBORN.format(ready=str(tmp_path / "ready")), said), kept(WAITS, said)]
    for one in both:
        one.start()
    pids = [one.process.pid for one in both if one.process is not None]
    within_a_minute((tmp_path / "ready").exists)
    stop_all(both, said.append)
    assert said[-1] == "强制结束 had to be ended: 示例 example"
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    code = (
        "import subprocess, sys, pathlib; "
        f"child = subprocess.Popen([sys.executable, '-c', {WAITS!r}]); "
        f"pathlib.Path({str(file)!r}).write_text(str(child.pid))"
    )
    one = kept(code, [])
    one.start()
    wait_for_end(one)
    child = int(file.read_text())
    os.kill(child, 0)
    one.look(time.monotonic())
    within_a_minute(lambda: is_gone(child))


def test_it_does_not_outlive_whoever_keeps_it(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    code = (
        "import os, pathlib, signal, sys\n"
        "from fanzha.base.words import Words\n"
        "from fanzha.run.kept import Kept, Program\n"
        f"one = Kept(Program(Words('', ''), [sys.executable, '-c', {WAITS!r}]), print)\n"
        "one.start()\n"
        f"pathlib.Path({str(file)!r}).write_text(str(one.process.pid))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    keeper = kept(code, [])
    keeper.start()
    wait_for_end(keeper)
    within_a_minute(lambda: is_gone(int(file.read_text())))
    assert keeper.process is not None and keeper.process.returncode == -signal.SIGKILL
