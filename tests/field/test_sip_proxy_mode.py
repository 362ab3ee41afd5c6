"""A screen in proxy mode between real programs: SIPp calls by it, and Kamailio calls it as an S-CSCF calls an AS."""

import csv
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.field.chain import Calls, listens, proxy
from tests.field.raw_calls import TRUNKS, application_server, invite, relayed, relayed_call, udp_socket
from tests.field.screens import Screen, until
from tests.field.test_identities import ask_all_cases, publish
from tests.free_ports import free_port
from tests.screen.identity_cases import CASES
from tests.screen.sip.calls import request

pytestmark = pytest.mark.field

HERE = Path(__file__).parent / "chain"
CALLS, RATE = 200, 100
GOOD, BAD, CALLEE = "+12125550100", "95588", "+8617000000900"
TRANSPORTS = {"udp": "u1", "tcp": "t1"}


class Outcome(NamedTuple):
    """What a SIPp counted."""

    succeeded: int
    failed: int


def screen_settings(port: int, proxy_table: str, *, trunk: str = 'trunk = "IGW-1"') -> str:
    """Return the settings of a screen with one proxy listener."""
    return f"[sip.tas]\nport = {port}\n{trunk}\ntrusted = true\n[sip.tas.proxy]\n{proxy_table}\n{TRUNKS}"


@contextmanager
def answerer(port: int, folder: Path, protocol: str) -> Iterator[None]:
    """Run a SIPp that answers calls."""
    if shutil.which("sipp") is None:
        pytest.fail("sipp is missing; bring it with: tools/field_packages (apt-get install sip-tester)")
    command = ["sipp", "-sf", str(HERE / "answers.xml"), "-i", "127.0.0.1", "-p", str(port), "-nostdin"]
    process = subprocess.Popen(
        [*command, "-t", TRANSPORTS[protocol]], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        if protocol == "udp":
            until(lambda: listens(port))
        else:
            until(lambda: f":{port:04X} " in Path("/proc/net/tcp").read_text())
        yield
    finally:
        process.terminate()
        process.wait(10)


def make_calls(scenario: str, port: int, caller: str, folder: Path, protocol: str) -> Outcome:
    """Let SIPp make calls by the screen; return what it counted."""
    folder.mkdir()
    (folder / "numbers.csv").write_text(f"SEQUENTIAL\n{caller};{CALLEE}\n")
    command = [
        *("timeout", "--signal=KILL", "90", "sipp", "-sf", str(HERE / f"{scenario}.xml"), "-inf", "numbers.csv"),
        *("-t", TRANSPORTS[protocol], "-i", "127.0.0.1", "-p", str(free_port()), "-r", str(RATE), "-m", str(CALLS)),
        *("-nostdin", "-recv_timeout", "20000", "-trace_stat", "-stf", "counts.csv", "-fd", "1"),
        f"127.0.0.1:{port}",
    ]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    with (folder / "counts.csv").open() as file:
        *_, last = csv.DictReader(file, delimiter=";")
    return Outcome(int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"]))


@pytest.mark.parametrize("protocol", TRANSPORTS)
def test_calls_of_sipp_ring_are_answered_and_hung_up_and_bad_ones_are_refused(protocol: str, tmp_path: Path) -> None:
    sip, beyond = free_port(), free_port()
    settings = screen_settings(sip, f'next_hop = "127.0.0.1:{beyond}"')
    with Screen(tmp_path / "screen", settings, standby=False) as screen, answerer(beyond, tmp_path, protocol):
        assert make_calls("passes", sip, GOOD, tmp_path / "good", protocol) == (CALLS, 0)
        assert make_calls("refused", sip, BAD, tmp_path / "bad", protocol) == (CALLS, 0)
    assert [screen.logged().count(f'["{treatment}",') for treatment in ("label", "refuse")] == [CALLS, CALLS]


class Between(NamedTuple):
    """A screen between two sockets of the test: its port, the caller's socket, the next hop's."""

    port: int
    client: socket.socket
    beyond: socket.socket

    def send(self, text: bytes) -> None:
        """Send a message of the caller."""
        self.client.sendto(text, ("127.0.0.1", self.port))

    def forwarded(self) -> bytes:
        """Return the next message that came to the next hop."""
        self.beyond.settimeout(5)
        return self.beyond.recv(65_535)

    def respond(self, request_text: bytes, code: int) -> bytes:
        """Send the response of the next hop to a request; return what the caller receives."""
        lines = request_text.decode().split("\r\n")
        kept = [line for line in lines if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
        text = "\r\n".join([f"SIP/2.0 {code} X", *kept, "Content-Length: 0", "", ""])
        self.beyond.sendto(text.encode(), ("127.0.0.1", self.port))
        self.client.settimeout(5)
        return self.client.recv(65_535)

    def invite(self, caller: str, call_id: str, *headers: str) -> bytes:
        """Return a call of the caller."""
        return request(
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.client.getsockname()[1]};branch=z9hG4bK{call_id}",
            f'From: "Bank" <sip:{caller}@127.0.0.1>;tag={call_id}',
            f"Call-ID: {call_id}",
            *headers,
            body="v=0\r\n",
        )


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    """Run a screen as an application server, which may send to this machine only."""
    sip = free_port()
    with udp_socket() as client, udp_socket() as beyond:
        table = f'next_hop = "127.0.0.1:{beyond.getsockname()[1]}"\nown_names = ["tas.example"]\n'
        table += 'hosts = { "scscf.example" = "127.0.0.1" }'
        with Screen(tmp_path_factory.mktemp("proxy"), screen_settings(sip, table), standby=False):
            yield Between(sip, client, beyond)


def test_a_resent_call_takes_the_same_way_and_is_logged_once(between: Between) -> None:
    call = between.invite(GOOD, "resent")
    between.send(call)
    between.send(call)
    first, again = between.forwarded(), between.forwarded()
    assert first == again and first.endswith(b"\r\n\r\nv=0\r\n")


def test_a_cancelled_call_is_cancelled_beyond_and_its_failure_acknowledged(between: Between) -> None:
    call = between.invite(GOOD, "cancelled")
    between.send(call)
    forwarded = between.forwarded()
    assert between.respond(forwarded, 180).startswith(b"SIP/2.0 180 ")
    between.send(call.replace(b"INVITE", b"CANCEL"))
    cancel = between.forwarded()
    assert cancel.startswith(b"CANCEL ") and own_via(cancel) == own_via(forwarded)
    assert between.respond(cancel, 200).startswith(b"SIP/2.0 200 ")
    assert between.respond(forwarded, 487).startswith(b"SIP/2.0 487 ")
    between.send(call.replace(b"INVITE", b"ACK"))
    assert own_via(between.forwarded()) == own_via(forwarded)


def own_via(text: bytes) -> bytes:
    """Return the branch of the topmost Via."""
    found = re.search(rb"Via: [^;]*;branch=(z9hG4bKfz[0-9a-f]{32})", text)
    assert found is not None, text
    return found[1]


def test_a_labelled_call_shows_its_label_and_the_caller_gets_his_own_from_back(between: Between) -> None:
    between.send(between.invite(GOOD, "labelled", "Remote-Party-ID: <sip:110@x>;party=calling"))
    assert between.client.recv(65_535).startswith(b"SIP/2.0 603 "), "a number that cannot come from abroad"
    between.send(between.invite(GOOD, "labelled2", "Call-Info: <https://x.example/bank.png>;purpose=icon"))
    forwarded = between.forwarded().decode()
    assert re.search(r'^From: "境外来电[^"]*" <sip:\+12125550100@127.0.0.1>;tag=labelled2\r$', forwarded, re.M)
    assert "\r\nX-Fanzha-Treatment: label\r\n" in forwarded and "Call-Info" not in forwarded
    assert b'\r\nFrom: "Bank" <sip:+12125550100@127.0.0.1>' in between.respond(forwarded.encode(), 200)


def test_a_refused_call_goes_no_further_and_neither_does_its_ack(between: Between) -> None:
    call = between.invite(BAD, "refused")
    between.send(call)
    answer = between.client.recv(65_535).decode()
    assert answer.startswith("SIP/2.0 603 ")
    to = re.search(r"^To: .*$", answer, re.M)
    assert to is not None
    between.send(re.sub(rb"(?m)^To: .*\r$", to[0].strip().encode() + b"\r", call).replace(b"INVITE", b"ACK"))
    assert relayed(between.beyond) == []


def test_an_emergency_call_is_forwarded_whoever_calls(between: Between) -> None:
    between.send(between.invite(BAD, "help").replace(b"+8619100012345@192.0.2.9 SIP/2.0", b"110@192.0.2.9 SIP/2.0"))
    assert b"\r\nX-Fanzha-Reason: emergency_callee\r\n" in between.forwarded()


def test_the_s_cscf_gets_the_call_back_by_its_route(between: Between) -> None:
    scscf = f"<sip:scscf.example:{between.beyond.getsockname()[1]};lr;odi=5>"
    between.send(between.invite(GOOD, "isc", f"Route: <sip:tas.example;lr>, {scscf}"))
    forwarded = between.forwarded().decode()
    assert re.findall(r"^Route: (.*)\r$", forwarded, re.M) == [scscf]


def test_nobody_is_sent_where_nothing_is_configured(between: Between) -> None:
    between.send(between.invite(GOOD, "open", "Route: <sip:192.0.2.66;lr>"))
    assert between.client.recv(65_535).startswith(b"SIP/2.0 403 ")
    between.beyond.sendto(
        between.invite(GOOD, "stray").replace(b"INVITE sip", b"SIP/2.0 200"), ("127.0.0.1", between.port)
    )
    assert relayed(between.client) == []


def test_kamailio_calls_the_screen_as_an_application_server(tmp_path: Path) -> None:
    with application_server("proxy.cfg", tmp_path, None) as ports:
        good = Calls("passes", ports.abroad, [(GOOD, CALLEE)], rate=50, count=CALLS, folder=tmp_path / "good").wait()
        bad = Calls("refused", ports.abroad, [(BAD, CALLEE)], rate=50, count=CALLS, folder=tmp_path / "bad").wait()
    assert (good.succeeded, good.failed) == (CALLS, 0)
    assert (bad.succeeded, bad.failed) == (CALLS, 0)


def test_behind_kamailio_the_hardest_ruling_counts_and_what_misleads_is_taken_out(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        publish(tmp_path / "screen" / "home", patch)
        with (
            udp_socket() as next_hop,
            udp_socket() as client,
            application_server("proxy.cfg", tmp_path, next_hop) as ports,
        ):
            results = ask_all_cases(client, next_hop, ports)
    assert results == {case.name: case.result for case in CASES}


def test_while_the_screen_is_dead_calls_go_on_unscreened(tmp_path: Path) -> None:
    with udp_socket() as next_hop, udp_socket() as client:
        given = {"SCREEN_PORT": str(free_port()), "NEXT": f'"sip:127.0.0.1:{next_hop.getsockname()[1]}"'}
        with proxy("proxy.cfg", tmp_path, given) as ports:
            client.sendto(invite(GOOD, client.getsockname()[1], "dead"), ("127.0.0.1", ports.abroad))
            onward = relayed_call(next_hop, "dead")
    assert b"\r\nX-Fanzha-Treatment: unscreened\r\n" in onward
