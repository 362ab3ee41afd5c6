"""SIP stacks that are not ours and stand behind a screen: what they make of a call shows how they read it."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from tests.field.chain import listens
from tests.field.raw_calls import udp_socket
from tests.field.screens import until
from tests.free_ports import free_port

PEERS = Path(sys.prefix) / "field-peers"
#: Runs the back-to-back user agent of sippy; it reads telephone URIs too, which is a setting without an option.
_SIPPY = (
    "from sippy.SipConf import SipConf\n"
    "SipConf.autoconvert_tel_url = True\n"
    "from sippy.b2bua_simple import main_func\n"
    "main_func()\n"
)


class Stack(NamedTuple):
    """A stack that listens at a port of 127.0.0.1 and makes each call anew towards a socket of the test."""

    name: str
    port: int
    onward: socket.socket


class OnwardCall(NamedTuple):
    """A call as a stack makes it: user parts of From and Request-URI without escapes, and the display name."""

    call_id: str
    caller: str
    callee: str
    display_name: str


@contextmanager
def sippy(folder: Path) -> Iterator[Stack]:
    """Run the back-to-back user agent of sippy (PyPI)."""
    command = [str(PEERS / "bin" / "python"), "-c", _SIPPY, "-f", "-l", "127.0.0.1"]
    with _stack(
        "sippy", folder, lambda port, next_hop: [*command, "-p", str(port), "-n", f"127.0.0.1:{next_hop}"]
    ) as stack:
        yield stack


@contextmanager
def sip_package(folder: Path) -> Iterator[Stack]:
    """Run the proxy of the package `sip` (npm)."""
    script = str(Path(__file__).parent / "sip_package.js")
    with _stack("sip", folder, lambda port, next_hop: ["node", script, str(port), str(next_hop)]) as stack:
        yield stack


@contextmanager
def _stack(name: str, folder: Path, command: Callable[[int, int], list[str]]) -> Iterator[Stack]:
    assert (PEERS / "ready").exists(), f"{name} is missing; bring it with: tools/field_peers"
    port, said = free_port(), folder / f"{name}.txt"
    environment = {**os.environ, "SIPLOG_BEND": "none", "NODE_PATH": str(PEERS / "npm" / "node_modules")}
    with udp_socket() as onward, said.open("wb") as output:
        onward.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        arguments = command(port, onward.getsockname()[1])
        process = subprocess.Popen(arguments, env=environment, stdout=output, stderr=output)
        try:
            until(lambda: listens(port))
            yield Stack(name, port, onward)
            assert process.poll() is None, said.read_text("utf-8", "replace")[-2_000:]
        finally:
            process.kill()
            process.wait(10)


def read_onward(message: bytes) -> OnwardCall | None:
    """Return what a stack says in a call that it has made; None for another message."""
    line = re.match(rb"INVITE sip:(?:([^@\r\n]*)@)?", message)
    sender = re.search(
        rb'^From: (?:"(.*)"|([^<\r\n]*)) ?<(?:sips?:(?:([^@>\r\n]*)@)?|tel:([^>;\r\n]*))', message, re.M | re.I
    )
    call_id = re.search(rb"^Call-ID: (.*)\r$", message, re.M)
    if line is None or sender is None or call_id is None:
        return None
    caller, callee = sender[3] or sender[4] or b"", line[1] or b""
    name = sender[1] or sender[2] or b""
    texts = [unquote_to_bytes(part).decode("utf-8", "replace") for part in (call_id[1], caller, callee)]
    return OnwardCall(texts[0], texts[1], texts[2], name.decode("utf-8", "replace").strip())


def busy(request: bytes) -> bytes:
    """Return the answer that ends a call of a stack."""
    lines = [
        line for line in request.split(b"\r\n") if line.split(b":")[0].lower() in (b"via", b"from", b"call-id", b"cseq")
    ]
    to = re.search(rb"^To: .*(?=\r$)", request, re.M)
    assert to is not None
    return b"\r\n".join([b"SIP/2.0 486 Busy Here", *lines, to[0] + b";tag=b", b"Content-Length: 0", b"", b""])
