"""A copy of the process writes the snapshot; it replaces the old one only when it is whole."""

import errno
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from fanzha.analyze.watch.snapshot_process import SnapshotProcess


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "snapshot").write_bytes(b"old")
    return tmp_path / "snapshot"


def slow(data: bytes) -> bytes:
    """Return the data after a while."""
    time.sleep(0.3)
    return data


def test_what_is_written_is_the_state_at_the_fork(path: Path) -> None:
    state = [b"one"]
    process = SnapshotProcess(path, 7, lambda: state[0])
    state[0] = b"two"
    process.wait()
    assert (path.read_bytes(), process.step) == (b"one", 7)


def test_detection_goes_on_until_it_is_done(path: Path) -> None:
    process = SnapshotProcess(path, 1, lambda: slow(b"new"))
    assert not process.is_done() and path.read_bytes() == b"old"
    deadline = time.monotonic() + 20
    while not process.is_done():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert path.read_bytes() == b"new"


def test_a_failed_copy_leaves_the_old_snapshot(path: Path) -> None:
    def fail() -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""

    with pytest.raises(OSError, match=r"could not be written \(signal 9\)"):
        SnapshotProcess(path, 1, fail).wait()
    assert path.read_bytes() == b"old"
    assert [file.name for file in path.parent.iterdir() if file.name.endswith(".part")] == []


def test_the_reason_of_a_failure_is_said(path: Path) -> None:
    def fail() -> bytes:
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OSError, match="No space left"):
        SnapshotProcess(path, 1, fail).wait()


def test_a_copy_that_is_stopped_leaves_the_old_snapshot(path: Path) -> None:
    SnapshotProcess(path, 1, lambda: slow(b"new")).stop()
    assert path.read_bytes() == b"old"
    assert not list(path.parent.glob(".snapshot.*"))


@pytest.mark.enable_socket
def test_a_copy_holds_no_port_of_its_process(path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = listener.getsockname()
        process = SnapshotProcess(path, 1, lambda: slow(b"new"))
        time.sleep(0.1)
    with socket.socket() as successor:
        successor.bind(address)
    process.wait()


def test_a_copy_that_outlives_its_process_changes_nothing(path: Path) -> None:
    if not (parent := os.fork()):
        SnapshotProcess(path, 1, lambda: slow(b"orphan"))
        os._exit(0)
    os.waitpid(parent, 0)
    deadline = time.monotonic() + 20
    while [part.read_bytes() for part in path.parent.glob(".snapshot.*")] != [b"orphan"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert path.read_bytes() == b"old"
