"""A running screen whose snapshot files are truncated, overwritten or gone goes on, and says what it serves."""

import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.field.screens import Caller, Screen, metrics, publish, treatment, until
from tests.free_ports import free_port
from tests.screen.sip.calls import request

from fanzha.claims.snapshot import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level

pytestmark = pytest.mark.field

LISTED = "+12125550100"


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def caller(ports: tuple[int, int]) -> Iterator[Caller]:
    made = Caller(ports[0])
    yield made
    made.close()


def settings(ports: tuple[int, int]) -> str:
    return f"""
[overload]
late_ms = 1000
[http]
port = {ports[1]}
[sip.edge]
port = {ports[0]}
trunk_header = "X-Fanzha-Trunk"
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
rules = "off"
"""


def refuse(*numbers: str) -> dict[tuple[str, str], SnapshotEntry]:
    """Return entries that refuse numbers."""
    return {("phone_number", number): SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE) for number in numbers}


def options_code(port: int) -> int:
    """Return the code with which a screen answers OPTIONS."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.connect(("127.0.0.1", port))
        via = f"Via: SIP/2.0/UDP 127.0.0.1:{client.getsockname()[1]};branch=z9hG4bKoptions"
        client.send(request(via, "CSeq: 1 OPTIONS", line="OPTIONS sip:127.0.0.1 SIP/2.0"))
        return int(client.recv(65_535).split()[1])


def figure(screen: Screen, port: int, name: str) -> float:
    """Return one metric of a screen."""
    words = ["screen", "key", "add", "probe", "--scope", "metrics", "--by", "test"]
    key = screen.environment.get("PROBE") or screen.ask(*words).strip().splitlines()[-1]
    screen.environment["PROBE"] = key
    found = re.search(rf"^fanzha_screen_{re.escape(name)} (\S+)$", metrics(port, key), re.M)
    return float(found[1]) if found else 0.0


@pytest.mark.timed  # a busy owner would count as one that hangs
def test_truncating_and_overwriting_the_served_file_ends_no_process(
    tmp_path: Path, ports: tuple[int, int], caller: Caller
) -> None:
    published = publish(tmp_path / "home", refuse(LISTED))
    with Screen(tmp_path, settings(ports)) as screen:
        screen.wait_for_standby()
        owner = screen.owner
        assert treatment(caller.call(LISTED)) == "603" and options_code(ports[0]) == 200
        size = published.file.stat().st_size
        os.truncate(published.file, 0)
        assert treatment(caller.call(LISTED)) == "603"
        with published.file.open("r+b") as file:
            file.write(os.urandom(size))
        assert [treatment(caller.call(number)) for number in (LISTED, "+12125550199")] == ["603", "label"]
        os.kill(owner, signal.SIGKILL)
        assert treatment(caller.call(LISTED)) == "603"  # by the standby
        assert "hangs" not in screen.said() and screen.said().count("owner ended") == 1


def test_a_restart_over_a_damaged_base_serves_the_base_before_and_a_build_mends_it(
    tmp_path: Path, ports: tuple[int, int], caller: Caller
) -> None:
    home = tmp_path / "home"
    publish(home, refuse(LISTED))
    os.truncate(publish(home, refuse(LISTED, "+12125550101")).file, 1_000)
    with Screen(tmp_path, "standby = false\n" + settings(ports)) as screen:
        assert treatment(caller.call(LISTED)) == "603" and options_code(ports[0]) == 200
        assert figure(screen, ports[1], "snapshot_fallback") == 1
        assert "snapshot 1 is served instead" in screen.said() and "fanzha snapshot build" in screen.said()
        screen.ask("snapshot", "build")
        until(lambda: figure(screen, ports[1], "snapshot_fallback") == 0)
        assert figure(screen, ports[1], "snapshot_sequence") == 3


def test_without_a_snapshot_options_is_answered_with_503_and_calls_count_as_unscreened(
    tmp_path: Path, ports: tuple[int, int], caller: Caller
) -> None:
    with Screen(tmp_path, "standby = false\n" + settings(ports), snapshot=False) as screen:
        assert options_code(ports[0]) == 503
        answer = caller.call("+12125550199")
        assert treatment(answer) == "label" and "no_snapshot" in answer
        assert treatment(caller.call("95588")) == "603"
        assert figure(screen, ports[1], 'unscreened_calls_total{door="sip",why="no_snapshot"}') == 1
        publish(tmp_path / "home")
        until(lambda: options_code(ports[0]) == 200)
        assert "no_snapshot" not in caller.call("+12125550199")
