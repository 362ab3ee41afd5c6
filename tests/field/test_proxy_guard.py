"""While no screen answers, Kamailio refuses by its own guard what a screen would refuse, and puts others through."""

import random
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.field.chain import Ports, proxy
from tests.field.raw_calls import final_code, invite, proxy_without_screen, relayed, relayed_call, udp_socket
from tests.field.screens import Screen, publish, until
from tests.field.test_emergency_callees import EMERGENCY
from tests.free_ports import free_port
from tests.screen.identity_cases import CASES, HOME, LISTED, REFUSED
from tests.screen.sip.calls import request

from fanzha.claims.snapshot import check
from fanzha.claims.verdict import FOREVER
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.proxy_guard import build_guard, is_refused_from_abroad, write_guard
from fanzha.store.snapshots import SnapshotStore

pytestmark = [pytest.mark.field, pytest.mark.timed]

REDIRECT = pytest.mark.parametrize("guarded", ["redirect.cfg"], indirect=True)
CONFIGURATIONS = pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg"])
ORDINARY, SUSPECT = "+12125550199", "+12125550100"


def make_guard(folder: Path) -> Path:
    """Publish the list of the identity cases and one more number; return the folder of the guard made of it."""
    home, guard = folder / "screen" / "home", folder / "guard"
    guard.mkdir(parents=True)
    refused = next(iter(LISTED.values()))
    entries = {("phone_number", number): entry for number, entry in {**LISTED, SUSPECT: refused}.items()}
    publish(home, {subject: entry._replace(until=FOREVER) for subject, entry in entries.items()})
    state = SnapshotStore(home / "snapshots").state()
    assert state is not None
    check(state.base)
    guard_rows = build_guard(MappedSnapshot(state.base), time.time_ns() // 1_000_000, 1_000).rows
    write_guard(guard, guard_rows)
    return guard


@contextmanager
def run_guarded(config: str, folder: Path, next_hop: socket.socket) -> Iterator[Ports]:
    """Run Kamailio with a guard and a screen that does not answer; the probes have noticed."""
    with proxy_without_screen(config, folder, next_hop, {"GUARD": str(make_guard(folder))}) as ports:
        with udp_socket() as client:
            wait_until_dead(client, next_hop, ports.abroad)
        relayed(next_hop)
        yield ports


def wait_until_dead(client: socket.socket, next_hop: socket.socket, port: int) -> None:
    """Call until the proxy, which notices by probes or by calls, waits for no screen any more."""

    def passes_at_once() -> bool:
        call_id, begun = f"before{time.monotonic_ns()}", time.monotonic()
        client.sendto(invite(ORDINARY, client.getsockname()[1], call_id), ("127.0.0.1", port))
        relayed_call(next_hop, call_id)
        return time.monotonic() - begun < 0.2

    until(lambda: all(passes_at_once() for _ in range(5)))


class Guarded(NamedTuple):
    """A Kamailio with a guard, and the sockets of who calls and of the next hop."""

    ports: Ports
    client: socket.socket
    next_hop: socket.socket


@pytest.fixture(scope="module", params=["redirect.cfg", "http.cfg"])
def guarded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        run_guarded(request.param, folder, next_hop) as ports,
    ):
        yield Guarded(ports, client, next_hop)


def outcome(client: socket.socket, next_hop: socket.socket, message: bytes, port: int, call_id: str) -> int:
    """Send a call; return 603 if it is refused, 0 if it is put through."""
    client.settimeout(0.02)
    client.sendto(message, ("127.0.0.1", port))
    end = time.monotonic() + 3
    name = f"Call-ID: {call_id}\r\n".encode()
    next_hop.settimeout(0.02)
    while time.monotonic() < end:
        if code := final_code(client, call_id):
            return code
        try:
            while name not in next_hop.recv(65_535):
                pass
            return 0
        except TimeoutError:
            continue
    raise AssertionError(f"neither refused nor put through: {message!r}")


def test_a_dead_screen_lets_nothing_by_that_the_guard_knows(guarded: Guarded) -> None:
    ports, client, next_hop = guarded
    own = client.getsockname()[1]
    for number, caller in enumerate(
        ("95588", "110", "+8695588", "+86110", "008695588", SUSPECT, "+8617000000001", "+864001234567", "12345",
         "955-88", "95588%23", "*95588", "01088888888", "+862112345678", "1069123456", "+8614021230000")
    ):  # fmt: skip
        message = invite(caller, own, f"refused{number}")
        assert outcome(client, next_hop, message, ports.abroad, f"refused{number}") == 603, caller
    assert outcome(client, next_hop, invite("+8617000000001", own, "home"), ports.home, "home") == 603
    for number, (caller, port) in enumerate(
        ((ORDINARY, ports.abroad), ("+8617000000700", ports.abroad), ("95588", ports.home),
         ("12125550199", ports.abroad))
    ):  # fmt: skip
        begun = time.monotonic()
        message = invite(caller, own, f"passes{number}")
        assert outcome(client, next_hop, message, port, f"passes{number}") == 0, caller
        assert time.monotonic() - begun < 0.35, f"{time.monotonic() - begun:.3f} s"


def test_the_guard_puts_emergency_calls_through_in_every_way_of_writing(guarded: Guarded) -> None:
    ports, client, next_hop = guarded
    own = client.getsockname()[1]
    for number, target in enumerate(EMERGENCY):
        for which, caller in enumerate(("95588", SUSPECT)):
            call_id = f"emergency{number}x{which}"
            message = invite(caller, own, call_id, target)
            assert outcome(client, next_hop, message, ports.abroad, call_id) == 0, target
    message = invite("+8617000000001", own, "help", "sip:96110@x")
    assert outcome(client, next_hop, message, ports.home, "help") == 0
    message = invite("95588", own, "ordinary", "sip:01011012345@x")
    assert outcome(client, next_hop, message, ports.abroad, "ordinary") == 603


@REDIRECT
def test_the_guard_refuses_no_number_that_a_screen_lets_by(guarded: Guarded) -> None:
    draw = random.Random(8)
    numbers = [
        draw.choice(("+86", "0086", "", "0", "86", "+", "+1", "00")) + "".join(draw.choices("0123456789", k=length))
        for length in (*range(3, 14), 8, 10, 11, 11, 11)
        for _ in range(12)
    ]
    refused, wrongly = 0, []
    ports, client, next_hop = guarded
    for number, caller in enumerate(numbers):
        message = invite(caller, client.getsockname()[1], f"number{number}")
        if outcome(client, next_hop, message, ports.abroad, f"number{number}") == 603:
            refused += 1
            if not is_refused_from_abroad(caller):
                wrongly.append(caller)
    assert wrongly == []
    assert refused > 0.35 * sum(map(is_refused_from_abroad, numbers))


@REDIRECT
def test_the_guard_never_refuses_an_identity_case_that_a_screen_puts_through(guarded: Guarded) -> None:
    wrongly = []
    ports, client, next_hop = guarded
    for number, case in enumerate(CASES):
        via = f"Via: SIP/2.0/UDP 127.0.0.1:{client.getsockname()[1]};branch=z9hG4bKcase{number}"
        lines = (via, case.from_header, f"Call-ID: case{number}", "CSeq: 1 INVITE", *case.headers)
        message = request(*lines, line="INVITE sip:+8617000000900@127.0.0.1 SIP/2.0", body="v=0\r\n")
        port = ports.home if case.trunk == HOME else ports.abroad
        code = outcome(client, next_hop, message, port, f"case{number}")
        if code == 603 and case.result != REFUSED:
            wrongly.append(case.name)
    assert wrongly == []


def test_a_guard_is_reloaded_without_a_restart(tmp_path: Path) -> None:
    with udp_socket() as next_hop, udp_socket() as client, run_guarded("redirect.cfg", tmp_path, next_hop) as ports:
        own = client.getsockname()[1]
        assert outcome(client, next_hop, invite(ORDINARY, own, "before"), ports.abroad, "before") == 0
        rows = {"loaded": time.time_ns() // 1_000_000_000, f"r{ORDINARY}": 1}
        assert write_guard(tmp_path / "guard", rows)
        kamcmd = ["kamcmd", "-s", f"unix:{tmp_path}/kamailio_ctl", "htable.reload", "guard"]
        subprocess.run(kamcmd, check=True, capture_output=True, timeout=10)
        assert outcome(client, next_hop, invite(ORDINARY, own, "after"), ports.abroad, "after") == 603
        assert outcome(client, next_hop, invite(SUSPECT, own, "cleared"), ports.abroad, "cleared") == 0


@CONFIGURATIONS
def test_a_screen_that_comes_back_is_used_again_within_five_seconds(config: str, tmp_path: Path) -> None:
    sip, http = free_port(), free_port()
    settings = f"""
standby = false
[overload]
late_ms = 1000
[sip.edge]
port = {sip}
trunk_header = "X-Fanzha-Trunk"
[http]
port = {http}
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
rules = "off"
"""
    guard = make_guard(tmp_path)
    with udp_socket() as next_hop, udp_socket() as client:
        own = client.getsockname()[1]
        given = {"NEXT": f'"sip:127.0.0.1:{next_hop.getsockname()[1]}"', "GUARD": str(guard)}
        given["SCREEN"] = (
            f'"sip:127.0.0.1:{sip}"' if config == "redirect.cfg" else f'"http://127.0.0.1:{http}/v1/screen/call"'
        )
        screen = Screen(tmp_path / "screen", settings)
        if config == "http.cfg":
            words = "screen key add proxy --scope call --rate 100000 --burst 100000 --by test"
            given["KEY"] = f'"{screen.ask(*words.split(" ")).split()[-1]}"'

        def is_screened(number: int, port: int) -> bool:
            """Call, and return whether a screen was asked."""
            call_id = f"again{number}-{time.monotonic_ns()}"
            client.sendto(invite(ORDINARY, own, call_id), ("127.0.0.1", port))
            next_hop.settimeout(3)
            while f"Call-ID: {call_id}\r\n".encode() not in (message := next_hop.recv(65_535)):
                pass
            return re.search(rb"X-Fanzha-Treatment: label", message) is not None

        with proxy(config, tmp_path, given) as ports:
            assert not is_screened(0, ports.abroad)
            wait_until_dead(client, next_hop, ports.abroad)
            with screen:
                until(lambda: is_screened(4, ports.abroad), 5)
