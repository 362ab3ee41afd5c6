"""Mutated calls by a screen: what passes unscreened, what must be refused and passes, what is read differently.

The calls go through Kamailio with each documented configuration, and through a screen in proxy mode alone. What is
relayed is read by a SIP stack that is not ours (`tests.field.sip_stacks`), which makes the call anew.
`python -m tests.field.differences CHAIN CASES SEED` runs one chain alone; `make fuzz-difference` runs all.
"""

import json
import random
import re
import select
import socket
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from tests.field.chain import CONFIGS
from tests.field.mutated_calls import FORGED, TOKEN, base_messages, mutate
from tests.field.raw_calls import TRUNKS, application_server, proxy_with_screen, udp_socket
from tests.field.screens import Screen
from tests.field.sip_stacks import Stack, busy, read_onward, sip_package, sippy
from tests.free_ports import free_port

from fanzha.screen.identity import read_identity

WINDOW = 40
QUIET_SECONDS = 0.02
FORBIDDEN = ("95588", "110", "12381")  # from abroad; as callers they are refused
#: Identify a caller, but nobody proves them on a call from abroad: each documented chain takes them out.
UNPROVEN = (
    b"p-asserted-identity", b"p-preferred-identity", b"p-attestation-indicator", b"p-origination-id",
    b"remote-party-id", b"call-info",
)  # fmt: skip
CHAINS = ("redirect.cfg", "http.cfg", "proxy.cfg", "proxy alone")
#: Where a configuration records how Kamailio reads a call: a marker, and what is put after it.
_READS = 'append_hf("X-Proxy-Reads: $fU\\t$rU\\r\\n");\n'
_SHOWN, _TO_SCREEN, _ONWARD = "branch_route[SHOWN] {\n", "branch_route[TO_SCREEN] {\n", "route[ONWARD] {\n"
_MARKERS = {"redirect.cfg": (_SHOWN,), "http.cfg": (_SHOWN,), "proxy.cfg": (_TO_SCREEN, _ONWARD)}
#: Reasons of a screen that was asked but had no time for a call, as on a busy machine.
SHED = (b"overloaded", b"late")
#: What comes of the calls that stacks make anew: their answers, and what ends these calls. None of it sets up another.
_OF_STACKS = (b"SIP/2.0 ", b"ACK ", b"CANCEL ")
_IDENTITIES = (b"from", b"f", b"p-asserted-identity", b"remote-party-id")


class Difference(NamedTuple):
    """A message and what is wrong with what became of it."""

    kind: str
    message: bytes


class Reading(NamedTuple):
    """How a program reads a relayed call: user parts of From and Request-URI; and the call as it was sent."""

    reader: str
    message: bytes
    caller: str
    callee: str
    sent: bytes = b""


def read_lenient_headers(message: bytes) -> list[tuple[bytes, bytes]]:
    """Return names in lower case and values of header fields, as any peer might see them."""
    head = re.split(rb"\r\n\r\n|\n\n|\r\r", message, maxsplit=1)[0]
    unfolded = re.sub(rb"(?:\r\n|\r|\n)[ \t]+", b" ", head)
    lines = [
        line.partition(b":")
        for line in re.split(rb"(?:[\r\n\v\f\x1c-\x1e]|\xc2\x85|\xe2\x80[\xa8\xa9])+", unfolded)[1:]
    ]
    return [(re.sub(rb"[^!-~]", b"", name).lower(), value) for name, _, value in lines]


def shows_forbidden(message: bytes) -> bool:
    """Return whether a relayed call shows a forbidden number as its caller, read as leniently as any peer might."""
    for name, value in read_lenient_headers(message):
        if name not in _IDENTITIES:
            continue
        text = unicodedata.normalize("NFKC", unquote(value.decode("utf-8", "replace")))
        if any(is_forbidden(user) for user in re.findall(r"(?:sips?|tel):([^@>;?]*)", text, re.IGNORECASE)):
            return True
    return False


def is_forbidden(user: str) -> bool:
    """Return whether a user part, without escapes, may be taken for a forbidden number."""
    digits = "".join(sign for sign in user.partition(":")[0] if sign.isalnum() or sign == "+")
    return digits.removeprefix("+86").removeprefix("0086") in FORBIDDEN


def find_faults(message: bytes) -> Iterator[str]:
    """Yield what is wrong with a relayed call from abroad in itself."""
    headers = read_lenient_headers(message)
    treatments = [value.strip() for name, value in headers if name == b"x-fanzha-treatment"]
    given = [(name, text.strip()) for name, text in headers]
    if treatments == [b"unscreened"] or (b"x-fanzha-screened", b"no") in given:
        if not any((b"x-fanzha-reason", shed) in given for shed in SHED):
            yield "relayed without an answer"
    elif len(treatments) != 1:
        yield f"relayed with {len(treatments)} treatments"
    if shows_forbidden(message):
        yield "must be refused, but relayed"
    for name, value in headers:
        if name in UNPROVEN:
            yield f"relayed with {name.decode()}, which nobody proves"
        if name.startswith(b"x-fanzha-") and FORGED.encode() in value:
            yield "relayed with what a caller wrote in the name of a screen"


def acknowledge(answer: bytes) -> bytes:
    """Return the ACK for an answer that refuses a call, b"" for any other."""
    line, *lines = answer.partition(b"\r\n\r\n")[0].split(b"\r\n")
    if not re.match(rb"SIP/2\.0 [3-6]", line):
        return b""
    kept = [line for line in lines if re.match(rb"(?i:via|v|from|f|to|t|call-id|i)\s*:", line)]
    return b"\r\n".join(
        [
            b"ACK sip:+8617000000900@127.0.0.1 SIP/2.0",
            *kept,
            b"CSeq: 1 ACK",
            b"Max-Forwards: 70",
            b"Content-Length: 0",
            b"",
            b"",
        ]
    )


class Fuzzer:
    """Sends mutated calls by a screen, looks at what reaches the next hop, and passes it on to stacks."""

    def __init__(
        self, client: socket.socket, next_hop: socket.socket, port: int, seed: int, stacks: Sequence[Stack] = ()
    ) -> None:
        self._client, self._next_hop, self._proxy = client, next_hop, ("127.0.0.1", port)
        self._stacks = {stack.onward: stack for stack in stacks}
        self._draw = random.Random(seed)
        self._bases = base_messages(client.getsockname()[1])
        self._sent, self._relayed = dict[str, bytes](), dict[str, bytes]()  # by Call-ID
        self._judged = set[bytes]()  # a next hop that does not answer gets a call again
        self.relayed, self.answered, self.shed, self.number = 0, 0, 0, 0
        self.remade = dict.fromkeys((stack.name for stack in stacks), 0)
        self.readings: dict[str, list[Reading]] = {}  # by Call-ID

    def run(self, cases: int) -> Iterator[Difference]:
        """Send that many calls; yield what goes wrong."""
        for _ in range(-(-cases // WINDOW)):
            for message in [
                self._with_token(mutate(self._draw.choice(self._bases), self._draw)) for _ in range(WINDOW)
            ]:
                self._client.sendto(message[:65_000], self._proxy)
            yield from self._receive(QUIET_SECONDS)
        yield from self._receive(1)

    def _with_token(self, message: bytes) -> bytes:
        self.number += 1
        token = b"tok%010x" % self._draw.getrandbits(40)
        self._sent[token.decode()] = message = message.replace(TOKEN, token)
        return message

    def _receive(self, quiet_seconds: float) -> Iterator[Difference]:
        """Look at what comes until all is quiet."""
        sockets = [self._client, self._next_hop, *self._stacks]
        while ready := select.select(sockets, [], [], quiet_seconds)[0]:
            for peer in ready:
                message, source = peer.recvfrom(65_535)
                if peer is self._client:
                    self.answered += 1
                    if acknowledgement := acknowledge(message):
                        self._client.sendto(acknowledgement, self._proxy)
                elif peer is self._next_hop:
                    yield from self._judge(message)
                elif message.startswith(b"INVITE "):
                    peer.sendto(busy(message), source)
                    yield from self._judge_onward(self._stacks[peer], message)

    def _judge(self, message: bytes) -> Iterator[Difference]:
        for stack in self._stacks.values():
            self._next_hop.sendto(message, ("127.0.0.1", stack.port))
        if message in self._judged or message.startswith(_OF_STACKS):
            return
        self._judged.add(message)
        if not message.startswith(b"INVITE "):
            yield Difference("relayed, but it is no call that was asked about", message)
            return
        self.relayed += 1
        self.shed += re.search(rb"^X-Fanzha-Reason: (?:%s)\r$" % b"|".join(SHED), message, re.M) is not None
        for kind in find_faults(message):
            yield Difference(kind, message)
        found = re.search(rb"^(?i:Call-ID|i)\s*:\s*(tok[0-9a-f]{10})\r$", message, re.M)
        if found is None or found[1] == TOKEN:
            return
        call_id = found[1].decode()
        self._relayed[call_id] = message
        for read in re.finditer(rb"^X-Proxy-Reads: (.*)\t(.*)\r$", message, re.M):
            caller, callee = (part.decode("utf-8", "replace").replace("<null>", "") for part in read.groups())
            reading = Reading("Kamailio", message, caller, callee, self._sent.get(call_id, message))
            self.readings.setdefault(call_id, []).append(reading)

    def _judge_onward(self, stack: Stack, message: bytes) -> Iterator[Difference]:
        """Look at a call that a stack has made of a relayed one."""
        call = read_onward(message)
        relayed = self._relayed.get(call.call_id) if call is not None else None
        if call is None or relayed is None or message in self._judged:
            return
        self._judged.add(message)
        self.remade[stack.name] += 1
        self.readings.setdefault(call.call_id, []).append(Reading(stack.name, relayed, call.caller, call.callee))
        if is_forbidden(unicodedata.normalize("NFKC", call.caller)):
            yield Difference(f"must be refused, but {stack.name} calls as {call.caller!r}", relayed)


def read_differently(readings: dict[str, list[Reading]], log: str) -> Iterator[Difference]:
    """Compare how others and the screen read the same call; equal numbers are equal, however they are written.

    A call that was relayed under a Call-ID which the screen has not logged was read differently, too.
    A reader that shows nobody shows nobody else: not where the screen has withheld the number, and not where a URI has
    no user part and the screen takes its host for the number, because some telephones show it.
    """
    judged = set[str]()
    for line in log.rstrip("\n").split("\n"):
        _, _, what, body = json.loads(line)
        if what != "call":
            continue
        attempt = body[0]
        call_id, caller, callee, from_number = attempt[1], attempt[2], attempt[3], attempt[7]
        judged.add(call_id)
        for reading in readings.get(call_id, ()):
            has_no_number = not reading.caller and (has_no_user(reading.message) or has_no_user(reading.sent))
            shows_nobody = reading.caller == "anonymous" or has_no_number
            if not shows_nobody and differ(from_number or caller, reading.caller):
                yield _difference(reading, from_number or caller, reading.caller)
            if differ(callee, reading.callee):
                yield _difference(reading, callee, reading.callee)
    for call_id in readings.keys() - judged:
        yield Difference("relayed under a Call-ID that the screen has not judged", readings[call_id][0].message)


def differ(ours: str, theirs: str) -> bool:
    """Return whether two user parts are different numbers; a password (`user:password`) is no part of one."""
    numbers = [read_identity(user.partition(":")[0]).canonical for user in (ours, theirs)]
    return any(numbers) and numbers[0] != numbers[1]


def has_no_user(message: bytes) -> bool:
    """Return whether the URI in From has no user part."""
    return re.search(rb"^(?i:From|f)\s*:[^@\r]*(?:\r$|;tag=)", message, re.M) is not None


def _difference(reading: Reading, ours: str, theirs: str) -> Difference:
    return Difference(f"parsed differently: {ours!r}, by {reading.reader} {theirs!r}", reading.message)


def chain(name: str, folder: Path, next_hop: socket.socket) -> AbstractContextManager[int]:
    """Run one of CHAINS in front of a socket; its port for calls from abroad."""
    return _screen_alone(folder, next_hop) if name == "proxy alone" else _kamailio(name, folder, next_hop)


@contextmanager
def _kamailio(config: str, folder: Path, next_hop: socket.socket) -> Iterator[int]:
    text = (CONFIGS / config).read_text()
    for marker in _MARKERS[config]:
        assert marker in text
        text = text.replace(marker, f"{marker}    {_READS}")
    recorded = folder / config
    recorded.write_text(text)
    start = application_server if config == "proxy.cfg" else proxy_with_screen
    with start(str(recorded), folder, next_hop) as ports:
        yield ports.abroad


@contextmanager
def _screen_alone(folder: Path, next_hop: socket.socket) -> Iterator[int]:
    """Run a screen in proxy mode that calls reach without a proxy in front, from outside the trust domain."""
    port = free_port()
    settings = f'[overload]\nlate_ms = 1000\n[sip.edge]\nport = {port}\ntrunk = "IGW-1"\n[sip.edge.proxy]\n'
    settings += f'next_hop = "127.0.0.1:{next_hop.getsockname()[1]}"\n{TRUNKS}'
    with Screen(folder / "screen", settings, standby=False):
        yield port


def find_differences(name: str, cases: int, seed: int, folder: Path) -> tuple[list[Difference], Fuzzer]:
    """Send mutated calls through one of CHAINS."""
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        sippy(folder) as first_stack,
        sip_package(folder) as second_stack,
        chain(name, folder, next_hop) as port,
    ):
        fuzzer = Fuzzer(client, next_hop, port, seed, [first_stack, second_stack])
        differences = list(fuzzer.run(cases))
    logs = "".join(path.read_text("utf-8") for path in (folder / "screen" / "home").rglob("log/*.jsonl"))
    differences += read_differently(fuzzer.readings, logs)
    return differences, fuzzer


def main() -> int:
    """Print every difference; return 1 if there is one."""
    name, cases, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        differences, fuzzer = find_differences(name, cases, seed, Path(folder))
        seconds = time.monotonic() - begun
    for kind, message in differences:
        print(kind, message, sep="\n  ")
    counts = f"{fuzzer.number} calls, {fuzzer.answered} answers, {fuzzer.relayed} relayed, remade {fuzzer.remade}"
    print(f"{name}: {counts}, {len(differences)} wrong, {seconds:.0f} s")
    return bool(differences)


if __name__ == "__main__":
    raise SystemExit(main())
