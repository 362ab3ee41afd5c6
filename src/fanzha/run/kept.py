"""Keeps programs running beside each other: what ends is started again after a growing pause; all stop together."""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from fanzha.base.words import Words

AGAIN_SECONDS = (0.2, 1.0, 5.0, 15.0, 60.0)  # before what failed is started again
STEADY_SECONDS = 60.0  # whoever ran that long starts with the shortest pause again
STOP_SECONDS = 20.0  # for all together, then they are ended for good

_SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)
_LIBC = ctypes.CDLL(None)

Say = Callable[[str], None]


class Program(NamedTuple):
    """What is to run, and what the operator calls it; what it says goes to `log`, without one to the terminal."""

    title: Words
    command: Sequence[str]
    environment: Mapping[str, str] = {}
    log: Path | None = None


class Kept:
    """One program with its process: started, looked after, stopped."""

    def __init__(self, program: Program, say: Say) -> None:
        self.program, self._say = program, say
        self.process: subprocess.Popen[bytes] | None = None
        self._failed, self._started, self._again_at = 0, 0.0, 0.0

    def start(self) -> None:
        """Start it; a terminal's Ctrl-C is for whoever keeps it, and it does not outlive him."""
        self._started = time.monotonic()
        with ExitStack() as opened:
            said = None if self.program.log is None else opened.enter_context(self.program.log.open("ab"))
            self.process = subprocess.Popen(
                self.program.command,
                env={**os.environ, **self.program.environment},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                preexec_fn=_ends_with_its_parent,
            )
        self._say(f"{_both(self.program.title)}: pid {self.process.pid}")

    def look(self, now: float) -> None:
        """Start it again when it has ended and its pause is over."""
        if self.process is None:
            if now >= self._again_at:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.end()
            self._pause(now, code)

    def ask_to_stop(self) -> None:
        """Ask it to finish what it does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self) -> None:
        """End for good what is left of it and of what it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _pause(self, now: float, code: int) -> None:
        steady = now - self._started > STEADY_SECONDS
        self._failed = 1 if steady else self._failed + 1
        pause = AGAIN_SECONDS[min(self._failed, len(AGAIN_SECONDS)) - 1]
        self._again_at = now + pause
        zh, en = self.program.title
        self._say(f"{zh}已退出（{_how(code)}），{pause:g} 秒后重启 · {en} ended ({_how(code)}), again in {pause:g} s")


def keep(kept: Sequence[Kept], stop: threading.Event, woken: threading.Event) -> None:
    """Look after all until told to stop; `woken` says that something has ended, or that a signal came."""
    while not stop.is_set():
        now = time.monotonic()
        for one in kept:
            one.look(now)
        woken.wait(0.5)
        woken.clear()


def stop_all(kept: Sequence[Kept], say: Say) -> None:
    """Ask all to stop, and end those that do not."""
    for one in kept:
        one.ask_to_stop()
    end = time.monotonic() + STOP_SECONDS
    for one in kept:
        if one.process is None:
            continue
        try:
            one.process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"强制结束 had to be ended: {_both(one.program.title)}")
        one.end()


def told_to_stop() -> tuple[threading.Event, threading.Event]:
    """Return what SIGTERM and SIGINT set, and what these and the end of a child wake."""
    stop, woken = threading.Event(), threading.Event()

    def stops(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        woken.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stops)
    signal.signal(signal.SIGCHLD, lambda *_: woken.set())
    return stop, woken


def _ends_with_its_parent() -> None:
    _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else str(code)


def _both(words: Words) -> str:
    return f"{words.zh} {words.en}"
