"""The part of the demo that answers calls: a real screen on this machine, asked over SIP about made-up calls.

Run as a program (`python -m fanzha.run.screening`) it prints what became of each call as JSON, and has stopped all it
started when it ends.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import msgspec

from fanzha.base.words import Words

SECONDS_TO_START = 240.0  # compiling included, on a machine that is new to it
HOSPITAL = "+861088000120"


class Call(msgspec.Struct, frozen=True):
    """A made-up call: who claims to call, by which trunk, and what should become of it."""

    words: Words
    caller: str
    trunk: str
    expected: str  # treatment


class Screened(msgspec.Struct, frozen=True):
    """What the screen answered."""

    call: Call
    treatment: str
    reasons: str = ""
    country: str = ""


CALLS = (
    Call(Words("境外来话冒充银行短号", "from abroad, with a bank's number"), "95588", "IGW-FIC-01", "refuse"),
    Call(Words("境外来话，漫游未证实", "from abroad, roaming not proven"), "+8617000000101", "IGW-FIC-01", "label"),
    Call(Words("医院专线（免扰名单）", "a hospital on its own line"), HOSPITAL, "HOSPITAL-FIC", "allow"),
)
_SPARED = f"number,origin_kind,origin,owner,proof\n{HOSPITAL},trunk,HOSPITAL-FIC,a made-up hospital,made up\n"
_SETTINGS = """standby = false
[sip.demo]
port = {port}
trunk_header = "X-Fanzha-Trunk"
[trunks.IGW-FIC-01]
ingress = "international_gateway"
acts = "refuse"
[trunks.HOSPITAL-FIC]
ingress = "leased_line"
proves = true
acts = "refuse"
"""


def screened() -> list[Screened] | None:
    """Return what a screen answers to each call; None where the extra `screen` is not installed."""
    if any(find_spec(name) is None for name in ("uvloop", "uvicorn", "httptools")):
        return None
    done = subprocess.run([sys.executable, "-m", __name__], capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=list[Screened])


def main() -> None:
    """Start a screen, call, stop it."""
    with tempfile.TemporaryDirectory(prefix="fanzha-screen-") as folder:
        home = Path(folder) / "home"
        (home / "lists").mkdir(parents=True)
        (home / "lists" / "spared.csv").write_text(_SPARED, encoding="utf-8")
        port = free_port()
        file = Path(folder) / "screen.toml"
        file.write_text(_SETTINGS.format(port=port), encoding="utf-8")
        environment = {**os.environ, "FANZHA_HOME": str(home)}
        program = [sys.executable, "-m", "fanzha"]
        subprocess.run([*program, "snapshot", "build"], env=environment, check=True, capture_output=True)
        running = subprocess.Popen([*program, "screen", str(file)], env=environment, stderr=subprocess.DEVNULL)
        try:
            found = ask(port, CALLS)
        finally:
            running.terminate()
            running.wait(60)
    sys.stdout.buffer.write(msgspec.json.encode(found))


def ask(port: int, calls: Sequence[Call]) -> list[Screened]:
    """Return what a screen of this machine answers to calls."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.bind(("127.0.0.1", 0))
        caller.connect(("127.0.0.1", port))
        return [_call(caller, call, number) for number, call in enumerate(calls)]


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """Return a port of this machine that nobody holds now."""
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _call(caller: socket.socket, call: Call, number: int) -> Screened:
    """Send an INVITE, again until it is answered (RFC 3261 §17.1.1)."""
    port = caller.getsockname()[1]
    lines = (
        "INVITE sip:+8617000000900@127.0.0.1 SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKdemo{number}",
        "Max-Forwards: 70",
        f"From: <sip:{call.caller}@127.0.0.1>;tag=demo{number}",
        "To: <sip:+8617000000900@127.0.0.1>",
        f"Call-ID: demo-{number}",
        "CSeq: 1 INVITE",
        f"X-Fanzha-Trunk: {call.trunk}",
        "Content-Length: 0",
        "\r\n",
    )
    end = time.monotonic() + SECONDS_TO_START
    caller.settimeout(0.5)
    while time.monotonic() < end:
        try:
            caller.send("\r\n".join(lines).encode())
            answer = caller.recv(65_535).decode()
        except (TimeoutError, ConnectionRefusedError):
            time.sleep(0.2)
            continue
        if f"Call-ID: demo-{number}\r\n" in answer:
            return _read(call, answer)
    return Screened(call, "no answer")


def _read(call: Call, answer: str) -> Screened:
    told = dict(re.findall(r"^X-Fanzha-(\w+): (.*?)\r$", answer, re.MULTILINE))
    treatment = told.get("Treatment", "refuse" if answer.startswith("SIP/2.0 603") else answer[:40])
    return Screened(call, treatment, told.get("Reason", ""), told.get("Country", ""))


if __name__ == "__main__":
    main()
