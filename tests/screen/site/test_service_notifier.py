"""A service manager hears that the screen is ready and, as often as its watchdog wants, that it is alive."""

import os
import socket
from pathlib import Path

import pytest

from fanzha.screen.site.service_notifier import ServiceNotifier


@pytest.mark.parametrize("abstract", [False, True])
def test_states_arrive_at_the_socket(tmp_path: Path, abstract: bool) -> None:
    name = f"@fanzha-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name[1:]}" if abstract else name)
        manager.settimeout(2)
        ServiceNotifier({"NOTIFY_SOCKET": name}).send("READY=1", "STATUS=answering")
        assert manager.recv(1_000) == b"READY=1\nSTATUS=answering"


def test_the_watchdog_hears_twice_an_interval(tmp_path: Path) -> None:
    name = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name)
        manager.setblocking(False)
        notifier = ServiceNotifier(
            {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}
        )
        notifier.beat()
        notifier.beat()
        assert manager.recv(1_000) == b"WATCHDOG=1"
        with pytest.raises(BlockingIOError):
            manager.recv(1_000)


@pytest.mark.parametrize("environment", [{}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}])
def test_without_a_watchdog_nothing_is_sent(tmp_path: Path, environment: dict[str, str]) -> None:
    name = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name)
        manager.setblocking(False)
        ServiceNotifier({"NOTIFY_SOCKET": name, **environment}).beat()
        with pytest.raises(BlockingIOError):
            manager.recv(1_000)


def test_a_manager_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    ServiceNotifier({"NOTIFY_SOCKET": str(tmp_path / "none")}).send("READY=1")
    assert not ServiceNotifier({}).enabled
