"""Requests within a dialog pass the documented Kamailio configurations only where the call was asked about."""

import itertools
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.field.chain import proxy
from tests.field.raw_calls import invite, relayed, udp_socket
from tests.free_ports import free_port

pytestmark = pytest.mark.field

CONFIGS = ("redirect.cfg", "http.cfg", "proxy.cfg")
GOOD, BAD, KEY = "+12125550100", "95588", "0123456789abcdef"

_numbers = itertools.count(2)  # of requests, since the proxy repeats those that are not answered


class Dialog(NamedTuple):
    """A caller and a called party, the port of the proxy between them, and the Routes of their dialog."""

    client: socket.socket
    beyond: socket.socket
    port: int
    routes: list[str]  # as the called party has them
    call: str  # the INVITE, as it reached the called party

    @property
    def route(self) -> str:
        """The Route of the caller."""
        return ", ".join(reversed(self.routes))

    def send(self, method: str, caller: str = GOOD, route: str = "", call_id: str = "dialog") -> bytes:
        """Send a request of the caller within the dialog; return its number, by which it is known where it arrives."""
        text = invite(caller, self.client.getsockname()[1], call_id, target=f"sip:b@127.0.0.1:{port_of(self.beyond)}")
        number = b"CSeq: %d " % next(_numbers)
        text = text.replace(b"INVITE", method.encode()).replace(b"CSeq: 1 ", number)
        text = re.sub(rb"(?m)^To: (.*?)\r$", rb"To: \1;tag=called\r", text)
        added = f"Route: {route or self.route}\r\nRemote-Party-ID: <sip:110@x>\r\nSubject: x"
        self.client.sendto(text.replace(b"Subject: x", added.encode()), ("127.0.0.1", self.port))
        return number

    def take(self, number: bytes) -> bytes:
        """Return the request with a number as it reaches the called party."""
        self.beyond.settimeout(10)
        while number not in (message := self.beyond.recv(65_535)):
            pass
        return message

    def hang_up_beyond(self) -> bytes:
        """Send a BYE of the called party; return what reaches the caller."""
        own = port_of(self.beyond)
        lines = (
            f"BYE sip:a@127.0.0.1:{port_of(self.client)} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bKbye",
            "Max-Forwards: 70",
            "From: <sip:+8619100012345@192.0.2.1>;tag=called",
            f"To: <sip:{GOOD}@127.0.0.1>;tag=dialog",
            "Call-ID: dialog",
            "CSeq: 1 BYE",
            f"Route: {', '.join(self.routes)}",
            "Content-Length: 0",
        )
        self.beyond.sendto("\r\n".join([*lines, "", ""]).encode(), ("127.0.0.1", self.port))
        self.client.settimeout(10)
        while not (message := self.client.recv(65_535)).startswith(b"BYE "):
            pass
        return message


def port_of(opened: socket.socket) -> int:
    return int(opened.getsockname()[1])


@contextmanager
def dialog(config: str, folder: Path, caller: str = GOOD) -> Iterator[Dialog]:
    """Set up a call through a proxy whose screen is dead, which lets it pass."""
    with udp_socket() as client, udp_socket() as beyond:
        given = {"NEXT": f'"sip:127.0.0.1:{port_of(beyond)}"'}
        given |= {} if config == "http.cfg" else {"DIALOG_KEY": f'"{KEY}"'}  # else it makes one
        screen = free_port()
        given |= {"SCREEN_PORT": str(screen)} if config == "proxy.cfg" else {"SCREEN": f'"sip:127.0.0.1:{screen}"'}
        if config == "http.cfg":
            given["SCREEN"] = f'"http://127.0.0.1:{screen}/"'
        with proxy(config, folder, given) as ports:
            text = invite(caller, port_of(client), "dialog")
            routed = text.replace(b"Subject: x", b"Route: <sip:127.0.0.1:9;lr>\r\nSubject: x")
            client.sendto(routed, ("127.0.0.1", ports.abroad))
            beyond.settimeout(10)
            call = beyond.recv(65_535).decode()
            routes = re.findall(r"^Record-Route: (.*)\r$", call, re.M)
            kept = [line for line in call.split("\r\n") if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq")]
            answer = "\r\n".join(
                [
                    "SIP/2.0 200 OK",
                    *kept,
                    "To: <sip:+8619100012345@192.0.2.1>;tag=called",
                    f"Record-Route: {', '.join(routes)}",
                ]
            )
            beyond.sendto(f"{answer}\r\nContent-Length: 0\r\n\r\n".encode(), ("127.0.0.1", ports.abroad))
            while not client.recv(65_535).startswith(b"SIP/2.0 200 "):
                pass
            yield Dialog(client, beyond, ports.abroad, routes, call)


@pytest.mark.parametrize("config", CONFIGS)
def test_only_the_parties_of_a_call_that_was_asked_about_go_on_in_its_dialog(config: str, tmp_path: Path) -> None:
    with dialog(config, tmp_path) as call:
        again = call.take(call.send("INVITE"))
        assert again.startswith(b"INVITE sip:b@127.0.0.1") and b"Remote-Party-ID" not in again
        bare = f"<sip:127.0.0.1:{call.port};lr>"
        marked = re.sub(r"fz=\w{8}", "fz=00000000", call.route)
        strange = {call.send("INVITE", BAD): "another caller"}
        for method in ("INVITE", "MESSAGE", "BYE"):
            strange[call.send(method, BAD, bare)] = f"{method}: an invented To tag"
            strange[call.send(method, GOOD, marked)] = f"{method}: an invented mark"
            strange[call.send(method, GOOD, call_id="other")] = f"{method}: the mark of another call"
        reached = b"".join(relayed(call.beyond, 1.5))
        assert [what for number, what in strange.items() if number in reached] == []
        assert call.hang_up_beyond().startswith(b"BYE sip:a@127.0.0.1")
        assert call.take(call.send("BYE")), "and the caller may hang up too"


@pytest.mark.parametrize("config", CONFIGS)
def test_nobody_from_abroad_calls_himself_verified_or_chooses_the_way(config: str, tmp_path: Path) -> None:
    with dialog(config, tmp_path, f"{GOOD};VerStat=TN-Validation-Passed;cpc=ordinary") as call:
        assert f"From: <sip:{GOOD};cpc=ordinary@127.0.0.1>;tag=dialog" in call.call
        assert "\r\nRoute:" not in call.call, "nor does he say where the call goes from there"


def test_without_a_key_a_proxy_makes_one_of_its_own(tmp_path: Path) -> None:
    def mark(folder: Path) -> str:
        with udp_socket() as client, udp_socket() as beyond:
            given = {"NEXT": f'"sip:127.0.0.1:{port_of(beyond)}"', "SCREEN_PORT": str(free_port())}
            with proxy("proxy.cfg", folder, given) as ports:
                client.sendto(invite(GOOD, port_of(client), "dialog"), ("127.0.0.1", ports.abroad))
                beyond.settimeout(10)
                made = str(re.findall(r";fz=(\w{64})", beyond.recv(65_535).decode())[0])
        assert not re.search("BUG|CRITICAL", (folder / "kamailio.txt").read_text())
        return made

    assert mark(tmp_path / "a") != mark(tmp_path / "b")
