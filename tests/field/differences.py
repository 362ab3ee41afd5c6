"""Mutated calls through Kamailio: what passes unscreened, what must be refused and passes, what is parsed differently.

`python -m tests.field.differences CONFIG CASES SEED` runs it alone; `make fuzz-difference` runs both configurations.
"""

import json
import random
import re
import socket
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from tests.field.chain import CONFIGS
from tests.field.raw_calls import proxy_with_screen, udp_socket
from tests.screen.sip.calls import request
from tests.screen.sip.hostile import PIECES

from fanzha.screen.identity import read_identity

WINDOW = 40
FORBIDDEN = ("95588", "110", "12381")  # from abroad; as callers they are refused
TOKEN = b"tok0000000"
#: Records how Kamailio reads a message that it relays.
RECORD = 'append_hf("X-Proxy-Reads: $fU|$rU\\r\\n");\n'

_WORDS = (
    b"From: <sip:95588@x>;tag=2\r\n", b"f: <tel:110>;tag=3\r\n", b"Remote-Party-ID: <sip:110@x>\r\n",
    b"\r\n ", b"\r\n\t", b" :", b"%39", b"%2B86", b"\xef\xbc\x99", b"sip:95588@x", b"<tel:95588>", b'"x" ',
    b";user=phone", b"?From=x", b"\r\nFrom", b"FROM", b"f", b"P-Asserted-Identity", b"Content-Length: 0\r\n",
    b"l: 5\r\n", b"(", b")", b"*", b"#",
)  # fmt: skip


class Difference(NamedTuple):
    """A message and what is wrong with what became of it."""

    kind: str
    message: bytes


def base_messages(port: int) -> list[bytes]:
    """Return well-formed calls from abroad; most must be refused."""
    via = f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{TOKEN.decode()}"
    froms = (
        "From: <sip:95588@x>;tag=1",
        'From: "ICBC" <sip:95588@x;user=phone>;tag=1',
        "From: <tel:+8695588>;tag=1",
        "f: sip:110@x;tag=1",
        "From: <sip:%2B8695588@x>;tag=1",
        "From: <sip:12381@x>;tag=1",
        "From: <sip:+442079460958@x>;tag=1",
    )
    further = ("Subject: x", "Remote-Party-ID: <sip:95588@x>;party=calling", "Diversion: <tel:+442079460959>")
    line = "INVITE sip:+8617000000900@127.0.0.1 SIP/2.0"
    messages = []
    for sender in froms:
        own = ["From", sender] if sender.startswith("f:") else [sender]
        for header in further:
            fields = (via, f"Call-ID: {TOKEN.decode()}", "CSeq: 1 INVITE", *own, header)
            messages.append(request(*fields, line=line, body="v=0\r\n"))
    return messages


def mutate(message: bytes, draw: random.Random) -> bytes:
    """Change one to four things of a message."""
    changed = bytearray(message)
    for _ in range(draw.choice((1, 1, 2, 4))):
        position = draw.randrange(len(changed) + 1)
        match draw.randrange(7):
            case 0:
                changed[position : position + draw.choice((1, 2, 8))] = b""
            case 1:
                changed[position:position] = draw.choice((*PIECES, *_WORDS))
            case 2:
                changed[position : position + draw.choice((1, 4))] = draw.choice((*PIECES, *_WORDS))
            case 3:
                changed[position : position + 1] = bytes([draw.randrange(256)])
            case 4:  # a line again, or elsewhere
                lines = bytes(changed).split(b"\r\n")
                lines.insert(draw.randrange(1, len(lines)), draw.choice(lines))
                changed = bytearray(b"\r\n".join(lines))
            case 5:  # at a colon, a bracket or an at sign, where parsers differ most
                places = [at for at, byte in enumerate(changed) if byte in b":<>@;,\r"]
                at = draw.choice(places) + draw.randrange(2)
                changed[at:at] = draw.choice((b" ", b"\t", b"\0", b'"', b"\\", b",", b"\r\n ", b";", b"@", b"%"))
            case 6:  # the case of letters
                end = position + 12
                changed[position:end] = bytes(changed[position:end]).swapcase()
    return bytes(changed)


def shows_forbidden(message: bytes) -> bool:
    """Return whether a relayed call shows a forbidden number as its caller, read as leniently as any peer might."""
    head = re.split(rb"\r\n\r\n|\n\n|\r\r", message, maxsplit=1)[0]
    unfolded = re.sub(rb"(?:\r\n|\r|\n)[ \t]+", b" ", head)
    for line in re.split(rb"\r\n|\r|\n", unfolded)[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() not in (b"from", b"f", b"p-asserted-identity", b"remote-party-id"):
            continue
        text = unicodedata.normalize("NFKC", unquote(value.decode("utf-8", "replace")))
        for user in re.findall(r"(?:sips?|tel):([^@>;?]*)", text, re.IGNORECASE):
            digits = "".join(sign for sign in user.partition(":")[0] if sign.isalnum() or sign == "+")
            if digits.removeprefix("+86").removeprefix("0086") in FORBIDDEN:
                return True
    return False


class Fuzzer:
    """Sends mutated calls to a proxy and looks at what reaches the next hop."""

    def __init__(self, client: socket.socket, next_hop: socket.socket, port: int, seed: int) -> None:
        self._client, self._next_hop, self._proxy = client, next_hop, ("127.0.0.1", port)
        self._draw = random.Random(seed)
        self._bases = base_messages(client.getsockname()[1])
        self._judged = set[bytes]()  # a next hop that does not answer gets a call again
        self.relayed, self.answered, self.number = 0, 0, 0
        self.readings: dict[str, tuple[bytes, str, str]] = {}  # Call-ID: the relayed call and how the proxy reads it

    def run(self, cases: int) -> Iterator[Difference]:
        """Send that many calls; yield what goes wrong."""
        for _ in range(-(-cases // WINDOW)):
            window = [self._with_token(mutate(self._draw.choice(self._bases), self._draw)) for _ in range(WINDOW)]
            for message in window:
                self._client.sendto(message[:65_000], self._proxy)
            for message in self._receive():
                yield from self._judge(message)

    def _with_token(self, message: bytes) -> bytes:
        self.number += 1
        return message.replace(TOKEN, b"tok%07d" % self.number)

    def _receive(self) -> list[bytes]:
        """Return what reaches the next hop until all is quiet; answers to the client are counted."""
        messages, quiet = [], 0
        while quiet < 3:
            quiet += 1
            for peer in (self._client, self._next_hop):
                peer.settimeout(0.015)
                try:
                    while True:
                        message = peer.recv(65_535)
                        quiet = 0
                        if peer is self._next_hop:
                            messages.append(message)
                        else:
                            self.answered += 1
                except TimeoutError:
                    pass
        return messages

    def _judge(self, message: bytes) -> Iterator[Difference]:
        if not message.startswith(b"INVITE ") or message in self._judged:
            return
        self._judged.add(message)
        self.relayed += 1
        if b"X-Fanzha-Treatment: unscreened" in message:
            yield Difference("relayed without an answer", message)
        elif shows_forbidden(message):
            yield Difference("must be refused, but relayed", message)
        call_id = re.search(rb"^(?i:Call-ID|i)\s*:\s*(tok[0-9]{7})\r$", message, re.M)
        reads = re.search(rb"^X-Proxy-Reads: (.*)\|(.*)\r$", message, re.M)
        if call_id and reads and call_id[1] != TOKEN:
            names = [part.decode("utf-8", "replace") for part in reads.groups()]
            self.readings[call_id[1].decode()] = (message, names[0], names[1])


def parsed_differently(readings: dict[str, tuple[bytes, str, str]], log: str) -> Iterator[Difference]:
    """Compare how the proxy and the screen read the same call; equal numbers are equal, however they are written."""
    for line in log.splitlines():
        _, _, what, body = json.loads(line)
        if what != "call":
            continue
        attempt = body[0]
        call_id, caller, callee, from_number = attempt[1], attempt[2], attempt[3], attempt[7]
        if call_id not in readings:
            continue
        message, proxy_caller, proxy_callee = readings[call_id]
        for screen_reads, proxy_reads in ((from_number or caller, proxy_caller), (callee, proxy_callee)):
            ours, theirs = read_identity(screen_reads), read_identity(proxy_reads.replace("<null>", ""))
            if (ours.canonical or theirs.canonical) and ours.canonical != theirs.canonical:
                yield Difference(f"parsed differently: {screen_reads!r} and {proxy_reads!r}", message)


def find_differences(config: str, cases: int, seed: int, folder: Path) -> tuple[list[Difference], Fuzzer]:
    """Send mutated calls through a documented configuration in front of a real screen."""
    text = (CONFIGS / config).read_text()
    marker = "branch_route[SHOWN] {\n"
    assert marker in text
    recorded = folder / config
    recorded.write_text(text.replace(marker, f"{marker}    {RECORD}"))
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        proxy_with_screen(str(recorded), folder, next_hop) as ports,
    ):
        fuzzer = Fuzzer(client, next_hop, ports.abroad, seed)
        differences = list(fuzzer.run(cases))
    logs = "".join(path.read_text("utf-8") for path in (folder / "screen" / "home").rglob("log/*.jsonl"))
    differences += parsed_differently(fuzzer.readings, logs)
    return differences, fuzzer


def main() -> int:
    """Print every difference; return 1 if there is one."""
    config, cases, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        differences, fuzzer = find_differences(config, cases, seed, Path(folder))
    for kind, message in differences:
        print(kind, message, sep="\n  ")
    counts = f"{fuzzer.number} calls, {fuzzer.answered} answers, {fuzzer.relayed} relayed"
    print(f"{config}: {counts}, {len(differences)} wrong")
    return bool(differences)


if __name__ == "__main__":
    raise SystemExit(main())
