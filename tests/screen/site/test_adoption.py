"""Processes of a killed supervisor report with their sockets; one that does not is ended, and nobody else connects."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.screen.settings import ScreenSettings
from fanzha.screen.site import adoption
from fanzha.screen.site.adoption import (
    FORMAT,
    AdoptedProcess,
    AdoptionSocket,
    ProcessReport,
    SupervisorLock,
    adopt_processes,
    end_processes,
    remove_stale_sockets,
    settings_digest,
)

pytestmark = pytest.mark.enable_socket

REPORT = ProcessReport(FORMAT, "leading", True, 3, "digest", ())
#: Waits for a supervisor, reports, and ends with the exit code 0 when it is told to stop.
ORPHAN = """
import asyncio, socket, sys
from pathlib import Path
from fanzha.screen.site.adoption import AdoptionSocket, ProcessReport
from fanzha.screen.site.control_channel import ControlChannel

async def run():
    listener = socket.create_server(("127.0.0.1", 0))
    waiting = AdoptionSocket(Path(sys.argv[1]), {"http": listener.fileno()})
    print("ready", flush=True)
    connection = await waiting.wait(30)
    waiting.report(connection, ProcessReport(int(sys.argv[2]), "following", True, 1, "", ()))
    connection.setblocking(True)
    command = ControlChannel(connection).receive().message.command
    waiting.close()
    sys.exit(0 if command == "stop" else 1)

asyncio.run(run())
"""


@contextmanager
def orphan(folder: Path, number: int = FORMAT) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a process that waits for a supervisor; end it at last."""
    command = [sys.executable, "-c", ORPHAN, str(folder), str(number)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_process_is_adopted_with_its_role_and_sockets(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)  # longer than an address of a socket may be
    with orphan(folder) as process:
        [found] = adopt_processes(folder)
        assert found.process.pid == process.pid and found.process.poll() is None
        assert (found.report.role, found.report.takeovers, found.report.sockets) == ("following", 1, ("http",))
        found.channel.send("stop")
        assert process.wait(10) == 0
        assert found.process.wait(10) == 0
        found.channel.socket.close()
        assert found.sockets["http"].getsockname()[0] == "127.0.0.1"
        found.sockets["http"].close()


@pytest.mark.parametrize("number", [FORMAT + 1])
def test_a_process_of_another_version_is_ended(number: int, tmp_path: Path) -> None:
    with orphan(tmp_path, number) as process:
        assert adopt_processes(tmp_path) == []
        assert process.wait(10) < 0


def test_a_process_that_does_not_report_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adoption, "REPORT_SECONDS", 0.1)
    with orphan(tmp_path) as process:
        process.send_signal(19)  # SIGSTOP
        assert adopt_processes(tmp_path) == []
        assert process.wait(10) < 0
    assert [path for path in tmp_path.iterdir() if path.is_socket()] == []


def test_processes_left_behind_are_told_to_stop(tmp_path: Path) -> None:
    with orphan(tmp_path) as process:
        end_processes(tmp_path, 10)
        assert process.wait(10) == 0


def test_nothing_is_ended_while_a_supervisor_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adoption, "LOCK_SECONDS", 0.0)
    lock = SupervisorLock(tmp_path)
    with orphan(tmp_path) as process:
        end_processes(tmp_path, 10)
        assert process.poll() is None
    lock.release()


def test_one_supervisor_at_a_time_holds_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adoption, "LOCK_SECONDS", 0.0)
    lock = SupervisorLock(tmp_path)
    with pytest.raises(UsageError, match="a screen runs already"):
        SupervisorLock(tmp_path)
    lock.release()
    SupervisorLock(tmp_path).release()


def test_the_lock_of_a_supervisor_that_is_ending_is_waited_for(tmp_path: Path) -> None:
    lock = SupervisorLock(tmp_path)
    threading.Timer(0.1, lock.release).start()
    SupervisorLock(tmp_path).release()


def test_sockets_of_ended_processes_are_removed_and_others_stay(tmp_path: Path) -> None:
    own = AdoptionSocket(tmp_path, {})
    stale = tmp_path / f"{os.getpid()}-1"  # the pid of another process that began earlier
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(stale))
    remove_stale_sockets(tmp_path)
    assert not stale.exists() and len([path for path in tmp_path.iterdir() if path.is_socket()]) == 1
    own.close()
    assert [path for path in tmp_path.iterdir() if path.is_socket()] == []


def test_an_ended_process_cannot_be_adopted(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    with pytest.raises(ProcessLookupError):
        AdoptedProcess(process.pid)


def test_a_wait_for_an_adopted_process_has_an_end(tmp_path: Path) -> None:
    with orphan(tmp_path) as process:
        adopted = AdoptedProcess(process.pid)
        with pytest.raises(subprocess.TimeoutExpired):
            adopted.wait(0.01)
        adopted.kill()
        assert adopted.wait(10) == 0 and adopted.poll() == 0
        adopted.kill()


def test_a_supervisor_that_is_gone_gets_no_report(tmp_path: Path) -> None:
    own = AdoptionSocket(tmp_path, {})
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    far.close()
    assert not own.report(near, REPORT)
    near.close()
    own.close()


def test_the_digest_changes_with_a_setting() -> None:
    assert settings_digest(ScreenSettings()) == settings_digest(ScreenSettings())
    assert settings_digest(ScreenSettings()) != settings_digest(ScreenSettings(standbys=1))


def test_a_process_that_can_make_no_socket_goes_on_without(tmp_path: Path) -> None:
    (tmp_path / "folder").touch()  # as on a disk that is full or read-only
    opened = AdoptionSocket(tmp_path / "folder", {})
    assert asyncio.run(opened.wait(0.01)) is None
    opened.close()
    assert (tmp_path / "folder").is_file()
