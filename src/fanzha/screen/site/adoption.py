"""Adoption: processes that outlive a killed supervisor go on, and the next supervisor takes them over with the sockets.

Each process that is ready listens on a Unix socket in the state folder, named after its pid and its start time. When
its supervisor is gone it waits there for another one, for a limited time; an owner keeps answering meanwhile.
One supervisor at a time holds the lock of the folder, and it ends every process that does not report to it, so that two
processes never answer at once.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.base.errors import UsageError
from fanzha.screen.settings import ScreenSettings
from fanzha.screen.site.control_channel import MAX_BYTES, ChannelClosed, ControlChannel
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

FORMAT = 1  # of a report; a process of another version is ended
ORPHAN_SECONDS = 30.0  # after this a process without a supervisor ends
REPORT_SECONDS = 2.0  # a process that has not reported by then counts as hung
LOCK_SECONDS = 5.0  # a supervisor that is stopping may hold the lock for a while
_MAX_SOCKETS = 253  # that one message may pass on (unix(7), SCM_MAX_FD)
_POLL_SECONDS = 0.02


class ProcessReport(msgspec.Struct, frozen=True):
    """State that a process sends to the adopting supervisor, with its listening sockets in the same order."""

    format: int
    role: str  # leading, following, catching up, behind, ready, lost
    has_followed: bool
    takeovers: int
    settings: str  # digest of the settings that it runs with
    sockets: tuple[str, ...]  # names of the listeners


def processes_folder() -> Path:
    """Return the folder of the sockets at which processes wait."""
    return state_folder() / "screen" / "processes"


def settings_digest(settings: ScreenSettings) -> str:
    """Return a digest that changes with any setting."""
    return hashlib.sha256(msgspec.json.encode(settings)).hexdigest()


class SupervisorLock:
    """Makes a supervisor the only one of its state folder; the kernel releases the lock when the process ends."""

    def __init__(self, folder: Path) -> None:
        """Take the lock; raise UsageError if another supervisor runs."""
        self._handle = _open_lock(folder)
        end = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= end:
                    break
            time.sleep(_POLL_SECONDS)
        os.close(self._handle)
        raise UsageError(
            f"a screen runs already with the state folder {state_folder()}",
            fix="end it, or give this one a state folder of its own in FANZHA_HOME",
        )

    def release(self) -> None:
        """Let another supervisor run."""
        os.close(self._handle)


def _open_lock(folder: Path) -> int:
    """Open the lock file, also on a disk that is full or turned read-only since it was made."""
    try:
        return os.open(create_private_folder(folder) / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        with contextlib.suppress(OSError):
            return os.open(folder / ".lock", os.O_RDONLY | os.O_CLOEXEC)
        raise error


class AdoptionSocket:
    """Listening socket of one process, used only after its supervisor has died.

    On a full or read-only disk there is no socket: the process answers calls, but is not adopted.
    """

    def __init__(self, folder: Path, sockets: Mapping[str, int]) -> None:
        """Listen in a folder; `sockets` are the descriptors of the listeners by their names."""
        self._path = folder / f"{os.getpid()}-{_start_time(os.getpid())}"
        self._names = tuple(sockets)
        # Listeners close the sockets that they are given.
        self._descriptors = [os.dup(descriptor) for descriptor in sockets.values()]
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        self._is_listening = False
        with contextlib.suppress(OSError):
            create_private_folder(folder)
            with _short_path(self._path) as short:
                self._socket.bind(short)
            self._socket.listen(4)
            self._is_listening = True

    async def wait(self, seconds: float) -> socket.socket | None:
        """Return the connection of the next supervisor; None if none has connected in time."""
        if not self._is_listening:
            return None
        loop, connected = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._socket, connected.set)
        try:
            await asyncio.wait_for(connected.wait(), seconds)
            connection = self._socket.accept()[0]
        except (TimeoutError, OSError):
            return None
        finally:
            loop.remove_reader(self._socket)
        connection.setblocking(False)
        return connection

    def report(self, connection: socket.socket, report: ProcessReport) -> bool:
        """Send the report with the sockets; return whether the supervisor is still there."""
        report = msgspec.structs.replace(report, sockets=self._names)
        with contextlib.suppress(OSError):
            return bool(socket.send_fds(connection, [msgspec.json.encode(report)], self._descriptors))
        return False

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors = []
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


class AdoptedProcess:
    """A process that another supervisor started, known by a pidfd; the methods are those of subprocess.Popen."""

    def __init__(self, pid: int) -> None:
        """Open the process; raise ProcessLookupError if it has ended."""
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return None while it runs, else 0: only its parent learns its exit code."""
        return self._wait(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; raise TimeoutExpired."""
        code = self._wait(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        return code

    def kill(self) -> None:
        """Kill it."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def _wait(self, seconds: float | None) -> int | None:
        poller = select.poll()
        poller.register(self._handle, select.POLLIN)
        return 0 if poller.poll(None if seconds is None else round(seconds * 1_000)) else None

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            os.close(self._handle)


class AdoptableProcess(NamedTuple):
    """A process that has reported: its channel, and the listening sockets by their names."""

    process: AdoptedProcess
    channel: ControlChannel
    report: ProcessReport
    sockets: dict[str, socket.socket]


def adopt_processes(folder: Path) -> list[AdoptableProcess]:
    """Return the processes that an ended supervisor has left; kill those that do not report, and wait for their end.

    The caller holds the lock of the folder.
    """
    waiting = list(_connect_all(folder))
    end = time.monotonic() + REPORT_SECONDS
    adopted = list[AdoptableProcess]()
    for process, connection in waiting:
        found = _read_report(process, connection, end)
        if found is None:
            connection.close()
            process.kill()
            process.wait()
        else:
            adopted.append(found)
    remove_stale_sockets(folder)
    return adopted


def end_processes(folder: Path, seconds: float) -> None:
    """End the processes that a supervisor has left, if no supervisor runs; kill them after so many seconds."""
    with contextlib.suppress(UsageError):
        lock = SupervisorLock(folder)
        adopted = adopt_processes(folder)
        for found in adopted:
            with contextlib.suppress(ChannelClosed):
                found.channel.send("stop")
        for found in adopted:
            with contextlib.suppress(subprocess.TimeoutExpired):
                found.process.wait(seconds)
            found.process.kill()
            found.process.wait()
            found.channel.socket.close()
            for opened in found.sockets.values():
                opened.close()
        remove_stale_sockets(folder)
        lock.release()


def remove_stale_sockets(folder: Path) -> None:
    """Remove the sockets of processes that have ended."""
    for path in _sockets_in(folder):
        if not _is_running(path):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _connect_all(folder: Path) -> Iterator[tuple[AdoptedProcess, socket.socket]]:
    for path in _sockets_in(folder):
        try:
            process = AdoptedProcess(int(path.name.partition("-")[0]))
        except ProcessLookupError:
            continue
        if not _is_running(path):
            continue  # another process has the pid now
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with _short_path(path) as short:
                connection.connect(short)
        except OSError:  # it is ending
            connection.close()
            process.kill()
            process.wait()
            continue
        yield process, connection


def _read_report(process: AdoptedProcess, connection: socket.socket, end: float) -> AdoptableProcess | None:
    connection.settimeout(max(0.01, end - time.monotonic()))
    try:
        data, descriptors, _, _ = socket.recv_fds(connection, MAX_BYTES, _MAX_SOCKETS)
        sockets = [socket.socket(fileno=descriptor) for descriptor in descriptors]
        report = msgspec.json.decode(data, type=ProcessReport)
    except (OSError, msgspec.DecodeError):
        return None
    if report.format != FORMAT or len(report.sockets) != len(sockets):
        for opened in sockets:
            opened.close()
        return None
    connection.setblocking(False)
    return AdoptableProcess(
        process, ControlChannel(connection), report, dict(zip(report.sockets, sockets, strict=True))
    )


def _sockets_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*-*") if path.is_socket()) if folder.is_dir() else []


def _is_running(path: Path) -> bool:
    pid, _, start_time = path.name.partition("-")
    return pid.isdigit() and str(_start_time(int(pid))) == start_time


def _start_time(pid: int) -> int:
    """Return when a process began, in clock ticks after the boot (proc(5), stat); 0 if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])


@contextlib.contextmanager
def _short_path(path: Path) -> Iterator[str]:
    """Yield a path to a socket by an open folder: an address holds 107 bytes at the most (unix(7))."""
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{path.name}"
    finally:
        os.close(handle)
