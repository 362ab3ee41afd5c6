"""Whatever is sent to a screen, it answers cleanly or not at all, and its memory stays flat.

`make fuzz-screens` sends a million instead of 20,000.
"""

import asyncio
import json
import os
import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import uvloop
from tests.screen.http.client import Screen, send_request
from tests.screen.http.hostile import Request, hostile
from tests.screen.sip.calls import PROXY
from tests.screen.sip.hostile import mutations

from fanzha.claims.treatment import TREATMENTS
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.http.app import HttpApp
from fanzha.screen.http.problem import PROBLEMS
from fanzha.screen.http.protocol import BoundedProtocol
from fanzha.screen.http.server import make_server
from fanzha.screen.overload import OverloadControl
from fanzha.screen.sip.listener import Listener, TrunkGroup, TrunkHeader
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import DecisionCache

INPUTS, SEED = int(os.environ.get("FANZHA_FUZZ_CASES", "20000")), int(os.environ.get("FANZHA_FUZZ_SEED", "1"))
GROWTH_BYTES = 8 << 20  # after a tenth of the inputs; a byte kept of each would already show at a million

LISTENERS = (
    Listener("udp", "192.0.2.9", trunk=TrunkHeader("X-Trunk"), trusted=True, attestation="P-Attestation-Indicator"),
    Listener("tcp", "192.0.2.9", protocol="tcp", trunk=TrunkGroup()),
)
OWN = rb"(?:X-Fanzha-[A-Z][a-z]+|Reason|Allow|Accept|Supported|Retry-After):[ -~]*"
CLEAN = re.compile(
    rb"SIP/2\.0 [2-6]\d\d [ -~]+\r\n(?:Via: [^\r\n]*\r\n)+"
    rb"(?:From: [^\r\n]*\r\n)?(?:To: [^\r\n]*\r\n)?(?:Call-ID: [^\r\n]*\r\n)?(?:CSeq: [^\r\n]*\r\n)?"
    rb"(?:Contact: <[!#-;=?-~]+>\r\n)?(?:" + OWN + rb"\r\n)*Content-Length: 0\r\n\r\n"
)


def decide(attempt: CallAttempt) -> Decision:
    """Treat calls by the length of the number; what is told of them must be bounded and printable."""
    assert all(len(each) <= 300 for each in attempt[1:] if isinstance(each, str))
    assert not re.search(r"[\x00-\x1f\x7f]", "".join(map(str, attempt)))
    return Decision(TREATMENTS[len(attempt.caller) % len(TREATMENTS)], ("overseas_call",))


def resident_bytes() -> int:
    """Return how much memory this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("listener", LISTENERS, ids=lambda listener: listener.name)
def test_hostile_sip_is_answered_cleanly_or_not_at_all_and_memory_stays_flat(listener: Listener) -> None:
    repeats = DecisionCache(max_decisions=1_000)
    server = RedirectServer(listener, decide, repeats, OverloadControl())
    held, answers = 0, 0
    for number, message in enumerate(islice(mutations(SEED), INPUTS // len(LISTENERS))):
        text, port, end, _ = server.answer(message, 0, PROXY, 5060)
        assert 0 <= end <= len(message) + 65_535
        if text:
            answers += 1
            assert CLEAN.fullmatch(text), message
            assert 0 < port <= 65_535
        if number == INPUTS // len(LISTENERS) // 10:
            held = resident_bytes()
    assert answers > INPUTS // len(LISTENERS) // 10
    assert resident_bytes() - held < GROWTH_BYTES


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    made = Screen(tmp_path)
    yield made
    made.log.close(0)


ANSWERS = {200, 304, *(sort.status for sort in PROBLEMS.values())} - {500}


async def answer(app: HttpApp, request: Request) -> int:
    """Hand a request to the application and look at what it answers; return the status."""
    scope = {
        "type": "http",
        "method": request.method,
        "path": request.path,
        "query_string": request.query,
        "headers": request.headers,
    }
    found = await send_request(app, scope, [request.body])
    assert found.status in ANSWERS, request
    if found.status >= 400:
        assert json.loads(found.body)["status"] == found.status
    return found.status


def test_hostile_requests_are_answered_cleanly_and_memory_stays_flat(screen: Screen) -> None:
    async def all_of_them() -> None:
        held, good, inputs = 0, 0, INPUTS * 3 // 4
        for number, request in enumerate(islice(hostile(SEED, screen.key), inputs)):
            good += await answer(screen.app, request) == 200
            if number == inputs // 10:
                held = resident_bytes()
        assert inputs // 20 < good < inputs
        assert resident_bytes() - held < GROWTH_BYTES

    uvloop.run(all_of_them())


class Wire(asyncio.Transport):
    """The other end of a connection: keeps what is written."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 5060), "sockname": ("192.0.2.9", 80)})
        self.written, self.closed = bytearray(), False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


async def written(protocol: BoundedProtocol, wire: Wire, data: bytes, draw: random.Random) -> bytes:
    """Send bytes in pieces, then leave; return what came back."""
    protocol.connection_made(wire)
    for _ in range(draw.randrange(1, 4)):
        cut = draw.randrange(len(data) + 1)
        protocol.data_received(data[:cut])
        data = data[cut:]
    protocol.data_received(data)
    for _ in range(8):
        await asyncio.sleep(0)
    protocol.connection_lost(None)
    return bytes(wire.written)


def test_hostile_bytes_on_a_wire_end_in_answers_or_in_silence(screen: Screen) -> None:
    server = make_server(screen.app)

    async def all_of_them() -> None:
        draw, answers, held, inputs = random.Random(SEED), 0, 0, INPUTS // 4
        for number, request in enumerate(islice(hostile(SEED + 1, screen.key), inputs)):
            protocol = BoundedProtocol(server.config, server.server_state, {}, asyncio.get_running_loop())
            back = await written(protocol, Wire(), request.on_a_wire(draw), draw)
            assert re.match(rb"(HTTP/1\.1 (?!500)[1-5]\d\d [A-Za-z ]+\r\n|$)", back), request
            answers += bool(back)
            if number == inputs // 10:
                held = resident_bytes()
        while server.server_state.tasks:
            await asyncio.sleep(0.01)
        assert answers > inputs // 2 and not server.server_state.connections
        assert resident_bytes() - held < GROWTH_BYTES

    uvloop.run(all_of_them())
