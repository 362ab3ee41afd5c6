"""The supervisor does what a service manager expects, takes a real-time priority, and is started again."""

import os
import re
import signal
import socket
import subprocess
import sys
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


def test_every_call_is_answered_while_a_killed_supervisor_is_started_again(tmp_path: Path) -> None:
    port = free_port()
    caller = Caller(port)
    with Screen(tmp_path, SETTINGS.format(port=port), "--restart") as screen:
        until(lambda: "standby follows" in screen.said())
        owner, supervisor = screen.owner, pids(screen, "screen")[0]
        assert treatment(caller.call("95588")) == "603"
        os.kill(supervisor, signal.SIGKILL)
        begun = time.monotonic()
        while "answering still" not in screen.said():
            asked = time.monotonic()
            assert treatment(caller.call("95588")) == "603"
            assert time.monotonic() - asked < 0.5, "it was not resent"
            assert time.monotonic() - begun < 20
        assert screen.owner == owner, "the owner was adopted"
        until(lambda: screen.said().count("standby follows") == 2)
        os.kill(owner, signal.SIGKILL)
        assert treatment(caller.call("95588")) == "603"
        until(lambda: screen.owner in pids(screen, "standby follows"))
    caller.close()
    assert not any(Path(f"/proc/{pid}").exists() and not is_zombie(pid) for pid in pids(screen, ""))


def test_a_standby_leads_where_supervisor_and_owner_are_killed_together(tmp_path: Path) -> None:
    port = free_port()
    caller = Caller(port)
    with Screen(tmp_path, SETTINGS.format(port=port), "--restart") as screen:
        until(lambda: "standby follows" in screen.said())
        owner, supervisor = screen.owner, pids(screen, "screen")[0]
        standby = pids(screen, "standby follows")[0]
        os.kill(supervisor, signal.SIGKILL)
        os.kill(owner, signal.SIGKILL)
        assert treatment(caller.call("95588", seconds=20)) == "603"
        until(lambda: screen.owner == standby)
    caller.close()


def test_a_frozen_owner_without_supervisor_is_ended_before_another_answers(tmp_path: Path) -> None:
    port = free_port()
    caller = Caller(port)
    with Screen(tmp_path, SETTINGS.format(port=port), "--restart") as screen:
        until(lambda: "standby follows" in screen.said())
        owner, supervisor = screen.owner, pids(screen, "screen")[0]
        os.kill(owner, signal.SIGSTOP)
        os.kill(supervisor, signal.SIGKILL)
        assert treatment(caller.call("95588", seconds=20)) == "603"
        assert screen.owner != owner and (not Path(f"/proc/{owner}").exists() or is_zombie(owner))
    caller.close()


def test_changed_settings_are_used_by_the_processes_after_those_that_were_adopted(tmp_path: Path) -> None:
    port = free_port()
    caller = Caller(port)
    settings = SETTINGS.format(port=port)
    with Screen(tmp_path, settings, "--restart") as screen:
        until(lambda: "standby follows" in screen.said())
        assert treatment(caller.call("95588")) == "603"
        screen.file.write_text(settings.replace('acts = "refuse"', 'acts = "label"'))
        os.kill(pids(screen, "screen")[0], signal.SIGKILL)
        until(lambda: treatment(caller.call("95588")) == "label")
    caller.close()


def test_a_second_screen_with_the_same_state_folder_does_not_start(tmp_path: Path) -> None:
    with Screen(tmp_path, SETTINGS.format(port=free_port()), standby=False) as screen:
        second = tmp_path / "second.toml"
        second.write_text(SETTINGS.format(port=free_port()))
        command = [sys.executable, "-m", "fanzha", "screen", "run", str(second)]
        done = subprocess.run(command, env=screen.environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2 and "a screen runs already" in done.stderr


def pids(screen: Screen, of: str) -> list[int]:
    """Return the pids in the lines of its output that contain a text."""
    return [int(pid) for pid in re.findall(rf"^.*{of}.*pid (\d+)", screen.said(), re.M)]


def is_zombie(pid: int) -> bool:
    """Return whether a process has ended and nobody has asked for its exit code."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
