"""Supervise child processes: restart those that exit, with backoff, and stop them together."""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from fanzha.base.words import Words

RESTART_BACKOFF_SECONDS = (0.2, 1.0, 5.0, 15.0, 60.0)  # pause before the first, second, … restart
STABLE_SECONDS = 60.0  # a process that ran this long has its backoff reset
STOP_TIMEOUT_SECONDS = 20.0  # for all processes together; then they are killed
FROZEN_SECONDS = 30.0  # a process that is stopped (SIGSTOP) for so long is killed, and started again
FROZEN_CHECK_SECONDS = 5.0

_SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)
_LIBC = ctypes.CDLL(None)

Notify = Callable[[str], None]


class ProcessSpec(NamedTuple):
    """A command with its title and environment; output goes to the file `log`, or to the terminal if it is None."""

    title: Words
    command: Sequence[str]
    environment: Mapping[str, str] = {}
    log: Path | None = None


class SupervisedProcess:
    """One command and its process, restarted when it exits."""

    def __init__(self, spec: ProcessSpec, notify: Notify) -> None:
        self.spec, self._notify = spec, notify
        self.process: subprocess.Popen[bytes] | None = None
        self._failures, self._started_at, self._restart_at = 0, 0.0, 0.0

    def start(self) -> None:
        """Start the process in its own session: Ctrl-C reaches the supervisor alone. It dies with the supervisor."""
        self._started_at = time.monotonic()
        with ExitStack() as stack:
            output = None if self.spec.log is None else stack.enter_context(self.spec.log.open("ab"))
            self.process = subprocess.Popen(
                self.spec.command,
                env={**os.environ, **self.spec.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self._notify(f"{_bilingual(self.spec.title)}: pid {self.process.pid}")

    def restart_if_ended(self, now: float) -> None:
        """Detect an exit, and start the process again when its pause is over."""
        if self.process is None:
            if now >= self._restart_at:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.kill()
            self._schedule_restart(now, code)

    def terminate(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """Kill the process and its children."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def kill_frozen(self, pid: int) -> None:
        """Kill one process of this program that was stopped and not resumed; what started it starts it again."""
        zh, en = self.spec.title
        self._notify(
            f"{zh}进程 {pid} 已冻结，强制结束后重启 · {en}: process {pid} is frozen, it is killed and restarted"
        )
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _schedule_restart(self, now: float, code: int) -> None:
        was_stable = now - self._started_at > STABLE_SECONDS
        self._failures = 1 if was_stable else self._failures + 1
        pause = RESTART_BACKOFF_SECONDS[min(self._failures, len(RESTART_BACKOFF_SECONDS)) - 1]
        self._restart_at = now + pause
        (zh, en), reason = self.spec.title, _exit_reason(code)
        self._notify(f"{zh}已退出（{reason}），{pause:g} 秒后重启 · {en} ended ({reason}), again in {pause:g} s")


class StoppedProcess(NamedTuple):
    """A process that was stopped by a signal: its pid, session and start time (clock ticks since boot)."""

    pid: int
    session: int
    started_at: int


class FrozenProcesses:
    """Finds the processes of sessions that were stopped by a signal and not resumed."""

    def __init__(self) -> None:
        self._stopped_since: dict[StoppedProcess, float] = {}  # monotonic seconds
        self._checked_at = 0.0

    def find(self, sessions: Collection[int], now: float) -> list[StoppedProcess]:
        """Return the processes that were found stopped for `FROZEN_SECONDS` at monotonic time `now`; look seldom."""
        pause = now - self._checked_at
        if pause < FROZEN_CHECK_SECONDS:
            return []
        self._checked_at = now
        stopped = find_stopped(sessions)
        if pause > FROZEN_SECONDS:  # this process was stopped itself
            self._stopped_since.clear()
        self._stopped_since = {process: self._stopped_since.get(process, now) for process in stopped}
        return [process for process, since in self._stopped_since.items() if now - since >= FROZEN_SECONDS]


def find_stopped(sessions: Collection[int]) -> list[StoppedProcess]:
    """Return the stopped processes of these sessions (proc(5), stat)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if fields[0] == "T" and int(fields[3]) in sessions:
            found.append(StoppedProcess(int(path.parent.name), int(fields[3]), int(fields[19])))
    return found


def supervise(processes: Sequence[SupervisedProcess], stop: threading.Event, wakeup: threading.Event) -> None:
    """Restart processes until `stop` is set; `wakeup` is set when a child exits or a signal arrives."""
    frozen = FrozenProcesses()
    while not stop.is_set():
        now = time.monotonic()
        for process in processes:
            process.restart_if_ended(now)
        sessions = {process.process.pid: process for process in processes if process.process is not None}
        for stopped in frozen.find(sessions, now):
            sessions[stopped.session].kill_frozen(stopped.pid)
        wakeup.wait(0.5)
        wakeup.clear()


def stop_all(processes: Sequence[SupervisedProcess], notify: Notify) -> None:
    """Terminate all processes, and kill those that do not exit within `STOP_TIMEOUT_SECONDS`."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
    for process in processes:
        if process.process is None:
            continue
        try:
            process.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            notify(f"强制结束 had to be ended: {_bilingual(process.spec.title)}")
        process.kill()


def install_stop_signals() -> tuple[threading.Event, threading.Event]:
    """Install signal handlers; return (`stop`, set by SIGTERM and SIGINT, `wakeup`, set by these and SIGCHLD)."""
    stop, wakeup = threading.Event(), threading.Event()

    def request_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        wakeup.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, request_stop)
    signal.signal(signal.SIGCHLD, lambda *_: wakeup.set())
    return stop, wakeup


def _die_with_parent() -> None:
    _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _exit_reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else str(code)


def _bilingual(words: Words) -> str:
    return f"{words.zh} {words.en}"
