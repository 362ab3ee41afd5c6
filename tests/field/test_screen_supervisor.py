"""The supervisor does what a service manager expects, takes a real-time priority, and is started again."""

import os
import re
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from tests.field.screens import Caller, Screen, treatment, until
from tests.free_ports import free_port

from fanzha.screen.site import priority

pytestmark = [pytest.mark.field, pytest.mark.timed]

SETTINGS = """
standbys = 1
[overload]
late_ms = 1000
[sip.edge]
port = {port}
trunk_header = "X-Fanzha-Trunk"
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
"""


def test_a_service_manager_hears_of_readiness_life_and_end(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(5)
        screen = Screen(tmp_path, "standby = false\n" + SETTINGS.format(port=free_port()))
        screen.environment |= {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        states = list[str]()

        def read() -> None:
            while not states or states[-1] != "STOPPING=1":
                states.append(manager.recv(1_000).decode())

        reader = threading.Thread(target=read)
        reader.start()
        with screen:
            time.sleep(1)
        reader.join(5)
    assert states.count("WATCHDOG=1") > 4
    assert len([state for state in states if state.startswith("READY=1\nSTATUS=answering")]) == 1


def test_the_owner_has_a_real_time_priority_above_its_standby(tmp_path: Path) -> None:
    with Screen(tmp_path, SETTINGS.format(port=free_port())) as screen:
        until(lambda: "standby follows" in screen.said())
        if "no real-time priority" in screen.said():
            pytest.skip("the system permits no real-time priority")
        standby = int(re.findall(r"standby follows .*: pid (\d+)", screen.said())[-1])
        for pid, level in ((screen.owner, priority.OWNER), (standby, priority.STANDBY)):
            assert os.sched_getscheduler(pid) == os.SCHED_RR
            assert os.sched_getparam(pid).sched_priority == level
        os.kill(screen.owner, signal.SIGKILL)
        until(lambda: screen.owner == standby)
        assert os.sched_getparam(standby).sched_priority == priority.OWNER


def test_a_killed_supervisor_is_started_again(tmp_path: Path) -> None:
    port = free_port()
    caller = Caller(port)
    with Screen(tmp_path, SETTINGS.format(port=port), "--restart") as screen:
        supervisor = int(re.findall(r"pid (\d+)", screen.said())[0])
        assert treatment(caller.call("95588")) == "603"
        os.kill(supervisor, signal.SIGKILL)
        begun = time.monotonic()
        until(lambda: screen.said().count("answering") == 2)
        assert treatment(caller.call("95588")) == "603"
        assert time.monotonic() - begun < 30
    caller.close()
