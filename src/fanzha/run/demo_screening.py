"""Screen made-up calls for the demo: start a real screen on this machine and send it INVITEs over SIP.

`python -m fanzha.run.demo_screening` prints the answers as JSON and stops the screen before it exits.
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

START_TIMEOUT_SECONDS = 240.0  # including JIT compilation on a fresh machine
HOSPITAL = "+861088000120"


class DemoCall(msgspec.Struct, frozen=True):
    """A made-up call: the claimed caller, the trunk, and the treatment that the screen should choose."""

    words: Words
    caller: str
    trunk: str
    expected: str  # treatment


class ScreenAnswer(msgspec.Struct, frozen=True):
    """The screen's answer to one call."""

    call: DemoCall
    treatment: str
    reasons: str = ""
    country: str = ""


CALLS = (
    DemoCall(Words("境外来话冒充银行短号", "from abroad, with a bank's number"), "95588", "IGW-FIC-01", "refuse"),
    DemoCall(Words("境外来话，漫游未证实", "from abroad, roaming not proven"), "+8617000000101", "IGW-FIC-01", "label"),
    DemoCall(Words("医院专线（免扰名单）", "a hospital on its own line"), HOSPITAL, "HOSPITAL-FIC", "allow"),
)
_ALLOWLIST = f"number,origin_kind,origin,owner,proof\n{HOSPITAL},trunk,HOSPITAL-FIC,a made-up hospital,made up\n"
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


def screen_demo_calls() -> list[ScreenAnswer] | None:
    """Return the answers to `CALLS`; None if the extra `screen` is not installed."""
    if any(find_spec(name) is None for name in ("uvloop", "uvicorn", "httptools")):
        return None
    completed = subprocess.run([sys.executable, "-m", __name__], capture_output=True, check=True)
    return msgspec.json.decode(completed.stdout, type=list[ScreenAnswer])


def main() -> None:
    """Start a screen, send the calls, stop the screen."""
    with tempfile.TemporaryDirectory(prefix="fanzha-screen-") as folder:
        home = Path(folder) / "home"
        (home / "lists").mkdir(parents=True)
        (home / "lists" / "spared.csv").write_text(_ALLOWLIST, encoding="utf-8")
        port = free_port()
        file = Path(folder) / "screen.toml"
        file.write_text(_SETTINGS.format(port=port), encoding="utf-8")
        environment = {**os.environ, "FANZHA_HOME": str(home)}
        program = [sys.executable, "-m", "fanzha"]
        subprocess.run([*program, "snapshot", "build"], env=environment, check=True, capture_output=True)
        screen = subprocess.Popen([*program, "screen", str(file)], env=environment, stderr=subprocess.DEVNULL)
        try:
            answers = send_calls(port, CALLS)
        finally:
            screen.terminate()
            screen.wait(60)
    sys.stdout.buffer.write(msgspec.json.encode(answers))


def send_calls(port: int, calls: Sequence[DemoCall]) -> list[ScreenAnswer]:
    """Send calls to a screen on this machine, one after the other; return its answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.bind(("127.0.0.1", 0))
        caller.connect(("127.0.0.1", port))
        return [_send_invite(caller, call, number) for number, call in enumerate(calls)]


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """Return a port of this machine that is free now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _send_invite(caller: socket.socket, call: DemoCall, number: int) -> ScreenAnswer:
    """Send an INVITE and retransmit it until it is answered (RFC 3261 §17.1.1)."""
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
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    caller.settimeout(0.5)
    while time.monotonic() < deadline:
        try:
            caller.send("\r\n".join(lines).encode())
            answer = caller.recv(65_535).decode()
        except (TimeoutError, ConnectionRefusedError):
            time.sleep(0.2)
            continue
        if f"Call-ID: demo-{number}\r\n" in answer:
            return _parse_answer(call, answer)
    return ScreenAnswer(call, "no answer")


def _parse_answer(call: DemoCall, answer: str) -> ScreenAnswer:
    headers = dict(re.findall(r"^X-Fanzha-(\w+): (.*?)\r$", answer, re.MULTILINE))
    treatment = headers.get("Treatment", "refuse" if answer.startswith("SIP/2.0 603") else answer[:40])
    return ScreenAnswer(call, treatment, headers.get("Reason", ""), headers.get("Country", ""))


if __name__ == "__main__":
    main()
