"""A site goes on answering: owner killed or hanging, settings changed, log full, switches thrown, two sites joined."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.field.screens import Caller, Screen, metrics, treatment, until
from tests.free_ports import free_port

pytestmark = [pytest.mark.field, pytest.mark.timed]


def settings(sip: int, extra: str = "") -> str:
    """Return settings that shed nothing because of a machine that is busy with tests."""
    return f"""
[overload]
late_ms = 1000
[sip.edge]
port = {sip}
trunk_header = "X-Fanzha-Trunk"
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
[trunks.MSC-1]
ingress = "mobile"
proves = true
acts = "refuse"
{extra}
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def caller(port: int) -> Iterator[Caller]:
    made = Caller(port)
    yield made
    made.close()


def answers_until(caller: Caller, reached: Callable[[], bool]) -> list[float]:
    """Call all the time until something is so, and at least once; return how long each answer took."""
    took, end = list[float](), time.monotonic() + 60
    while not took or not reached():
        begun = time.monotonic()
        assert treatment(caller.call("95588")) == "603"
        took.append(time.monotonic() - begun)
        assert begun < end, "it took too long"
        time.sleep(0.002)
    return took


def is_called_back(caller: Caller, callee: str) -> bool:
    """Return whether a call from 110 passes because the callee has called an emergency number."""
    return "emergency_call_back" in caller.call("110", "MSC-1", callee)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_standby_takes_over_within_half_a_second(
    tmp_path: Path, port: int, caller: Caller, number: signal.Signals
) -> None:
    with Screen(tmp_path, settings(port)) as screen:
        screen.wait_for_standby()
        owner = screen.owner
        threading.Timer(1, os.kill, (owner, number)).start()
        took = answers_until(caller, lambda: screen.owner != owner)
        # A call that the ended owner had read is answered when the caller repeats it, after 0.5 s (RFC 3261, timer A).
        assert max(took) < 0.6, f"{max(took):.3f} s"
        screen.wait_for_standby(times=2)


def test_takeovers_facts_and_the_standby_are_told(tmp_path: Path, port: int, caller: Caller) -> None:
    http = free_port()
    with Screen(tmp_path, settings(port, f"[http]\nport = {http}\n")) as screen:
        key = screen.ask("screen", "key", "add", "probe", "--scope", "metrics", "--by", "test").strip().splitlines()[-1]
        screen.wait_for_standby()
        assert figure(metrics(http, key), "takeovers_total") == 0
        os.kill(screen.owner, signal.SIGKILL)
        assert treatment(caller.call("95588")) == "603"
        screen.wait_for_standby(times=2)
        told = metrics(http, key)
        assert figure(told, "takeovers_total") == 1
        assert figure(told, "standby_connected") == 2
        assert 0 <= figure(told, "standby_lag_seconds") < 5


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_an_owner_killed_twice_within_seconds_is_replaced_each_time_within_half_a_second(
    tmp_path: Path, port: int, caller: Caller, number: signal.Signals
) -> None:
    helped = "+8617000000900"
    with Screen(tmp_path, settings(port)) as screen:
        screen.wait_for_standby()
        assert treatment(caller.call("+8617000000901", "MSC-1", "120")) == "allow"
        time.sleep(0.1)  # calls of the last 20 ms before an owner ends are on record nowhere
        first, begun = screen.owner, time.monotonic()
        os.kill(first, number)
        answers_until(caller, lambda: screen.owner != first)
        assert treatment(caller.call(helped, "MSC-1", "120")) == "allow"
        time.sleep(0.1)
        second = screen.owner
        os.kill(second, number)
        took = answers_until(caller, lambda: screen.owner != second)
        assert time.monotonic() - begun < 10 and max(took) < 0.8, f"{max(took):.3f} s"
        for known in (helped, "+8617000000901"):  # by the first owner and by the second
            assert is_called_back(caller, known)
        assert not is_called_back(caller, "+8617000000902")
        sequences = [int(line[1 : line.index(",")]) for line in screen.logged().splitlines()]
        assert len({*sequences}) == len(sequences)
        screen.wait_for_standby(times=2)


def test_what_the_owner_knew_the_standby_knows(tmp_path: Path, port: int, caller: Caller) -> None:
    helped = "+8617000000900"
    with Screen(tmp_path, settings(port)) as screen:
        screen.wait_for_standby()
        assert treatment(caller.call(helped, "MSC-1", "120")) == "allow"
        until(lambda: '"call"' in screen.logged())
        os.kill(screen.owner, signal.SIGKILL)
        assert is_called_back(caller, helped)
        assert not is_called_back(caller, "+8617000000901")


def test_no_call_that_the_standby_was_told_is_missing_in_the_log(tmp_path: Path, port: int, caller: Caller) -> None:
    with Screen(tmp_path, settings(port)) as screen:
        screen.wait_for_standby()
        for number in range(200):
            assert treatment(caller.call(f"+8617000001{number:03}", "MSC-1")) == "allow"
        time.sleep(0.05)  # what was gathered in the last 20 ms is with nobody else
        os.kill(screen.owner, signal.SIGKILL)
        assert treatment(caller.call("95588")) == "603"
        until(lambda: screen.logged().count('"begin"') == 2)
        logged = screen.logged()
        assert [n for n in range(200) if logged.count(f"+8617000001{n:03}") != 1] == []


def test_both_killed_the_next_owner_knows_it_from_the_log(tmp_path: Path, port: int, caller: Caller) -> None:
    helped = "+8617000000900"
    with Screen(tmp_path, "standby = false\n" + settings(port)) as screen:
        assert treatment(caller.call(helped, "MSC-1", "120")) == "allow"
        until(lambda: '"call"' in screen.logged())
        owner = screen.owner
        os.kill(owner, signal.SIGKILL)
        until(lambda: screen.owner != owner)
        assert is_called_back(caller, helped)


def test_changed_settings_are_handed_over_without_losing_a_call(tmp_path: Path, port: int, caller: Caller) -> None:
    with Screen(tmp_path, settings(port)) as screen:
        screen.wait_for_standby()
        screen.file.write_text(settings(port) + '[trunks."*"]\nacts = "refuse"\ningress = "voip"\n')
        threading.Timer(0.5, screen.signal, (signal.SIGHUP,)).start()
        answers_until(caller, lambda: screen.said().count("answering") == 2)
        assert treatment(caller.call("110", trunk="X")) == "label"


def test_broken_settings_change_nothing(tmp_path: Path, port: int, caller: Caller) -> None:
    with Screen(tmp_path, settings(port), standby=False) as screen:
        screen.file.write_text("[sip.edge]\n")
        screen.signal(signal.SIGHUP)
        until(lambda: "settings stay as they were" in screen.said())
        assert treatment(caller.call("95588")) == "603"


def test_a_full_log_device_stops_no_call_and_is_told(tmp_path: Path, port: int, caller: Caller) -> None:
    http = free_port()
    extra = f'[log]\nfolder = "/dev/full"\n[http]\nport = {http}\n'
    with Screen(tmp_path, settings(port, extra)) as screen:
        key = screen.ask("screen", "key", "add", "probe", "--scope", "metrics", "--by", "test").strip().splitlines()[-1]
        for _ in range(20):
            assert treatment(caller.call("95588")) == "603"
        until(lambda: figure(metrics(http, key), "log_lost_total") >= 20)
        screen.wait_for_standby()
        os.kill(screen.owner, signal.SIGKILL)
        assert treatment(caller.call("95588")) == "603"


def figure(text: str, name: str) -> float:
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"fanzha_screen_{name} "))


def test_switches_work_from_the_command_line(tmp_path: Path, port: int, caller: Caller) -> None:
    with Screen(tmp_path, settings(port), standby=False) as screen:
        assert treatment(caller.call("95588")) == "603"
        screen.ask("screen", "off", "trunk", "IGW-1", "--by", "duty officer", "--why", "false refusals")
        until(lambda: treatment(caller.call("95588")) == "allow", 5)
        screen.ask("screen", "on", "trunk", "IGW-1")
        until(lambda: treatment(caller.call("95588")) == "603", 5)


def test_two_sites_count_what_either_has_seen(tmp_path: Path, port: int, caller: Caller) -> None:
    helped, south = "+8617000000900", free_port()
    links = {name: free_port() for name in ("north", "south")}

    def joined(name: str, other: str) -> str:
        return (
            f'[site]\nname = "{name}"\n[site_link]\nport = {links[name]}\n'
            f'[other_sites.{other}]\naddress = "127.0.0.1"\nport = {links[other]}\n'
        )

    caller_there = Caller(south)
    with (
        Screen(tmp_path / "north", settings(port, joined("north", "south")), standby=False) as _,
        Screen(tmp_path / "south", settings(south, joined("south", "north")), standby=False) as _,
    ):
        assert treatment(caller.call(helped, "MSC-1", "120")) == "allow"
        until(lambda: is_called_back(caller_there, helped))
    caller_there.close()
