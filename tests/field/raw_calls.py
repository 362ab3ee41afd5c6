"""Calls written byte by byte through Kamailio, and a next hop that shows what is relayed."""

import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from select import select

from tests.field.chain import Ports, proxy
from tests.field.screens import Screen
from tests.free_ports import free_port
from tests.screen.sip.calls import request

TRUNKS = """
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
rules = "shadow"
[trunks.MSC-1]
ingress = "mobile"
proves = true
acts = "refuse"
rules = "shadow"
"""

#: Sends a call at a rate for a time, each with another Call-ID in place of FLOOD, and reads no answer. Its arguments:
#: port, calls a second, seconds, file with the call.
FLOOD_SENDER = """
import socket, sys, time
port, rate, seconds = map(int, sys.argv[1:4])
head, tail = open(sys.argv[4], "rb").read().split(b"FLOOD")
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.connect(("127.0.0.1", port))
begun, sent = time.monotonic(), 0
while (passed := time.monotonic() - begun) < seconds:
    while sent < passed * rate:
        try:
            peer.send(head + b"flood%d" % sent + tail)
        except OSError:
            pass
        sent += 1
    time.sleep(0.001)
print(sent)
"""


@contextmanager
def udp_socket() -> Iterator[socket.socket]:
    """Open a datagram socket on 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.settimeout(10)
        yield opened


def invite(caller: str, port: int, call_id: str, target: str = "sip:+8617000000900@127.0.0.1") -> bytes:
    """Return a well-formed INVITE with a body, from a client on this port."""
    return request(
        f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{call_id}",
        f"From: <sip:{caller}@127.0.0.1>;tag={call_id}",
        f"Call-ID: {call_id}",
        "CSeq: 1 INVITE",
        "Subject: x",
        line=f"INVITE {target} SIP/2.0",
        body="v=0\r\n",
    )


def final_code(client: socket.socket, call_id: str) -> int:
    """Return the code of the final answer to a call; 0 where none comes."""
    try:
        while True:
            answer = client.recv(65_535)
            code = int(answer.split()[1])
            if code >= 200 and re.search(rf"^Call-ID: {call_id}\r?$".encode(), answer, re.M):
                return code
    except TimeoutError:
        return 0


def relayed(next_hop: socket.socket, seconds: float = 0.3) -> list[bytes]:
    """Return what came to the next hop by now."""
    messages = []
    next_hop.settimeout(seconds)
    try:
        while True:
            messages.append(next_hop.recv(65_535))
    except TimeoutError:
        return messages


def relayed_call(next_hop: socket.socket, call_id: str, seconds: float = 5) -> bytes:
    """Return the first message of a call that comes to the next hop; TimeoutError where nothing comes for so long."""
    next_hop.settimeout(seconds)
    while True:
        message = next_hop.recv(65_535)
        if re.search(rf"^Call-ID: {call_id}\r?$".encode(), message, re.M):
            return message


def fate(client: socket.socket, next_hop: socket.socket, call_id: str, seconds: float = 10) -> tuple[int, bytes]:
    """Return the code of the final answer to a call, or 0 and the call as it comes to the next hop, whichever is first.

    TimeoutError where neither comes for so long.
    """
    named, end = re.compile(rf"^Call-ID: {call_id}\r?$".encode(), re.M), time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for opened in select([client, next_hop], [], [], left)[0]:
            message = opened.recv(65_535)
            if not named.search(message):  # a retransmission of a call before
                continue
            if opened is next_hop:
                return 0, message
            if (code := int(message.split()[1])) >= 200:
                return code, b""
    raise TimeoutError(call_id)


@contextmanager
def proxy_without_screen(
    config: str, folder: Path, next_hop: socket.socket, given: Mapping[str, str] = {}
) -> Iterator[Ports]:
    """Run Kamailio whose screen does not answer; `given` are further definitions of the configuration."""
    port = free_port()
    screen = f'"http://127.0.0.1:{port}/v1/screen/call"' if config == "http.cfg" else f'"sip:127.0.0.1:{port}"'
    silent = {"SCREEN_PORT": str(port)} if config == "proxy.cfg" else {"SCREEN": screen}
    with proxy(config, folder, {**silent, "NEXT": _address(next_hop), **given}) as ports:
        yield ports


@contextmanager
def proxy_with_screen(config: str, folder: Path, next_hop: socket.socket, trunks: str = TRUNKS) -> Iterator[Ports]:
    """Run Kamailio and a screen; `config` names a documented configuration or is a path."""
    sip, http = free_port(), free_port()
    listeners = (
        f'[overload]\nlate_ms = 1000\n[sip.edge]\nport = {sip}\ntrunk_header = "X-Fanzha-Trunk"\ntrusted = true\n'
    )
    with Screen(folder / "screen", f"{listeners}[http]\nport = {http}\n{trunks}", standby=False) as screen:
        given = {"SCREEN": f'"sip:127.0.0.1:{sip}"', "NEXT": _address(next_hop)}
        if Path(config).name == "http.cfg":
            words = "screen key add proxy --scope call --rate 100000 --burst 100000 --by test"
            key = screen.ask(*words.split(" ")).split()[-1]
            given |= {"SCREEN": f'"http://127.0.0.1:{http}/v1/screen/call"', "KEY": f'"{key}"'}
        with proxy(config, folder, given) as ports:
            yield ports


@contextmanager
def application_server(
    config: str, folder: Path, next_hop: socket.socket | None, given: Mapping[str, str] = {}
) -> Iterator[Ports]:
    """Run Kamailio with proxy.cfg, or a copy of it, and a screen that it calls as an S-CSCF calls an AS."""
    sip = free_port()
    settings = f'[overload]\nlate_ms = 1000\n[sip.tas]\nport = {sip}\ntrunk_header = "X-Fanzha-Trunk"\ntrusted = true\n'
    defined = {"SCREEN_PORT": str(sip), **given}
    if next_hop is not None:
        defined["NEXT"] = _address(next_hop)
    settings += f'[sip.tas.proxy]\nnetworks = ["127.0.0.0/8"]\n{TRUNKS}'
    with Screen(folder / "screen", settings, standby=False), proxy(config, folder, defined) as ports:
        yield ports


def _address(opened: socket.socket) -> str:
    return f'"sip:127.0.0.1:{opened.getsockname()[1]}"'
