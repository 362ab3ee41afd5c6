"""What an answer of the SIP redirect server costs in CPU, beside the barest uvloop datagram echo, in one run.

Usage: python -m benchmarks.sip [--calls 40000] [--in-flight 16] [--rounds 5]

Each server is a process of its own and tells its own CPU time (user and system); the sender is another. Every call is
new: another Call-ID, another callee. Servers take turns, so that a busy machine is busy for all; the median counts.
Each spares what it has loaded from the collector, as an owner does.
Once the decision is a constant one: what remains is reading, remembering, answering. Once it is the real one, at an
international gateway, with the emergency calls, the counters of its trunk and the log that a thread writes to a
temporary folder, without a snapshot (benchmarks/snapshot.py); and the same with twenty live rules over five families
of windows.
"""

import argparse
import asyncio
import contextlib
import itertools
import multiprocessing
import resource
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvloop
from benchmarks.live import shapes, written

from fanzha.claims.allowlist import Allowlist
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.snapshot import LiveRule, LiveRules
from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_counters import CallCounters
from fanzha.screen.decider import Decider
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import EventLog, LogWriter
from fanzha.screen.live.rule_runner import load_rules
from fanzha.screen.metrics import Metrics
from fanzha.screen.overload import OverloadControl
from fanzha.screen.roaming import RoamingLookup
from fanzha.screen.screener import Screener
from fanzha.screen.settings import EnforcementStep, ScreenSettings, TrunkSettings
from fanzha.screen.sip.listener import Listener, TrunkHeader
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import DecisionCache
from fanzha.screen.sip.udp import UdpServer
from fanzha.screen.site.owner import FLUSH_SECONDS
from fanzha.screen.site.sockets import enlarge_buffer
from fanzha.screen.site.warm_up import freeze_loaded_objects, warm_up

WARM = 2_000  # messages before the clock starts
PATIENCE_SECONDS = 2.0

INVITE = """INVITE sip:+86191000{number:05d}@192.0.2.9:5060;user=phone SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK3a2.9f1b2c3d4e5f60718293a4b5c6d7{number:05d}.0
Via: SIP/2.0/UDP 192.0.2.77:5060;rport=5060;received=192.0.2.77;branch=z9hG4bK-12-{number}-0
Max-Forwards: 69
From: "Example" <sip:+8617000000001@192.0.2.77>;tag=12tag{number:05d}
To: <sip:+86191000{number:05d}@192.0.2.1>
Call-ID: {number}-{turn}@192.0.2.77
CSeq: 1 INVITE
Contact: <sip:gateway@192.0.2.77:5060>
P-Asserted-Identity: <sip:+8617000000001@192.0.2.77>
X-Trunk: IGW-FIC-07
Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO, PUBLISH, MESSAGE
Supported: replaces, timer
Session-Expires: 1800
User-Agent: Example SBC 1.0
Content-Type: application/sdp
Content-Length: {length}

{body}"""
BODY = """v=0
o=user1 53655765 2353687637 IN IP4 192.0.2.77
s=-
c=IN IP4 192.0.2.77
t=0 0
m=audio 6000 RTP/AVP 0
a=rtpmap:0 PCMU/8000
""".replace("\n", "\r\n")

DECISION = Decision(Treatment.LABEL, ("overseas_call",), 0.5, Treatment.LABEL, "US")


class Echo(asyncio.DatagramProtocol):
    """The floor: it parses nothing."""

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(data, addr)


async def echo(opened: socket.socket, _folder: Path) -> None:
    """Serve the floor."""
    await asyncio.get_running_loop().create_datagram_endpoint(Echo, sock=opened)


async def redirect(opened: socket.socket, _folder: Path) -> None:
    """Serve the redirect server with a constant decision."""
    overload = OverloadControl()
    listener = Listener("bench", "127.0.0.1", 0, trunk=TrunkHeader("X-Trunk"), trusted=True)
    UdpServer(opened, RedirectServer(listener, lambda _attempt: DECISION, DecisionCache(), overload), overload)


async def decided(opened: socket.socket, folder: Path) -> None:
    """Serve the redirect server with the real decision and its log."""
    await _decided(opened, folder, Decider(EmergencyCalls()))


async def decided_with_rules(opened: socket.socket, folder: Path) -> None:
    """Serve it with twenty live rules over five families of windows too."""
    step = RuleStep(state=RuleState.LIVE, at=0, by="benchmark", why="benchmark")
    rules = LiveRules((LiveRule("twenty", "", written(shapes(("1h",))), step),))
    await _decided(opened, folder, Decider(EmergencyCalls(), load_rules(rules, Allowlist(), bytes(32))))


async def _decided(opened: socket.socket, folder: Path, decider: Decider) -> None:
    warm_up()
    log = EventLog(LogWriter(folder, waiting=100_000, days=1))
    settings = ScreenSettings(
        trunks={"IGW-FIC-07": TrunkSettings(ingress="international_gateway", acts=EnforcementStep.REFUSE)}
    )
    roaming = RoamingLookup(None, wait_ms=30, keep_ms=60_000, remembered=1_000)
    screener = Screener(settings, decider, roaming, log, bytes(32))
    overload = OverloadControl()
    listener = Listener("bench", "127.0.0.1", 0, trunk=TrunkHeader("X-Trunk"), trusted=True)

    def at_once(attempt: CallAttempt) -> Decision:
        decision = screener.call(attempt)
        assert decision is not None, "who cannot wait is not made to"
        return decision

    server = RedirectServer(
        listener,
        at_once,
        DecisionCache(),
        overload,
        decide_later=screener.call,
        counters=CallCounters(Metrics(settings.trunks), "sip"),
    )
    UdpServer(opened, server, overload)
    loop = asyncio.get_running_loop()

    def flush() -> None:
        log.flush(time.time_ns() // 1_000_000)
        loop.call_later(FLUSH_SECONDS, flush)

    flush()


Server = Callable[[socket.socket, Path], Coroutine[Any, Any, None]]
SERVERS: dict[str, Server] = {
    "uvloop echo": echo,
    "constant decision": redirect,
    "real decision": decided,
    "with 20 live rules": decided_with_rules,
}


def serve(name: str, orders: Connection, folder: Path) -> None:
    """Run one server; at each order from the pipe, send the CPU seconds used so far."""

    async def run() -> None:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.setblocking(False)
        enlarge_buffer(opened)
        opened.bind(("127.0.0.1", 0))
        stopped = asyncio.Event()
        await SERVERS[name](opened, folder)
        loop = asyncio.get_running_loop()

        def obey() -> None:
            if orders.recv() == "stop":
                stopped.set()
            used = resource.getrusage(resource.RUSAGE_SELF)
            orders.send(used.ru_utime + used.ru_stime)

        loop.add_reader(orders.fileno(), obey)
        freeze_loaded_objects()
        orders.send(opened.getsockname())
        await stopped.wait()

    uvloop.run(run())


def messages(count: int, port: int, turn: int) -> list[bytes]:
    """Write calls that nobody has seen yet."""
    body = BODY
    return [
        INVITE.replace("\n", "\r\n").format(number=number, port=port, turn=turn, length=len(body), body=body).encode()
        for number in range(count)
    ]


def send_all(sender: socket.socket, calls: list[bytes], in_flight: int) -> list[float]:
    """Keep so many calls in flight until all are answered; return how long each answer took, in seconds."""
    waits, sent_at, sent = [], [], 0
    for _ in calls:
        while sent < len(calls) and sent - len(waits) < in_flight:
            sender.send(calls[sent])
            sent_at.append(time.perf_counter())
            sent += 1
        sender.recv(4096)
        waits.append(time.perf_counter() - sent_at[len(waits)])
    return waits


def send_paced(sender: socket.socket, calls: list[bytes], rate: float) -> list[float]:
    """Send each call at its own moment, whatever was answered; return how long each answer took, in seconds."""
    begun, sent, waits = time.perf_counter(), 0, list[float]()
    sender.setblocking(False)
    while len(waits) < len(calls):
        now = time.perf_counter() - begun
        if now > len(calls) / rate + PATIENCE_SECONDS:
            raise TimeoutError(f"{len(calls) - len(waits)} calls were not answered")
        if sent < len(calls) and now >= sent / rate:
            sender.send(calls[sent])
            sent += 1
        with contextlib.suppress(BlockingIOError):
            sender.recv(4096)
            waits.append(time.perf_counter() - begun - len(waits) / rate)  # a wait counts from when it was due
    return waits


def measure(
    name: str, count: int, in_flight: int, turn: int, folder: Path, rate: float = 0
) -> tuple[float, list[float]]:
    """Return the CPU seconds of a server for so many calls, and the waits of the sender; with a rate, paced."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(name, there, folder), daemon=True)
    process.start()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.settimeout(PATIENCE_SECONDS)
            enlarge_buffer(sender)
            sender.connect(here.recv())
            calls = messages(count + WARM, sender.getsockname()[1], turn)
            send_all(sender, calls[:WARM], in_flight)
            here.send("tell")
            before = here.recv()
            paced = calls[WARM:]
            waits = send_paced(sender, paced, rate) if rate else send_all(sender, paced, in_flight)
        here.send("stop")
        return here.recv() - before, waits
    finally:
        process.join(PATIENCE_SECONDS)
        process.kill()


def main() -> None:
    """Measure and print microseconds of CPU an answer, and the ratio to the floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=40_000)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most-a-second", type=int, default=5_000, help="of the paced run at half load")
    given = parser.parse_args()
    costs: dict[str, list[float]] = {name: [] for name in SERVERS}
    waits: dict[str, list[float]] = {name: [] for name in SERVERS}
    for turn, name in itertools.product(range(given.rounds), SERVERS):
        with tempfile.TemporaryDirectory() as folder:
            seconds, waited = measure(name, given.calls, given.in_flight, turn, Path(folder))
        costs[name].append(seconds / given.calls * 1e6)
        waits[name] += waited
    floor = statistics.median(costs["uvloop echo"])
    for name, each in costs.items():
        cost = statistics.median(each)
        cuts = statistics.quantiles(waits[name], n=1000)
        rounds = " ".join(f"{one:.1f}" for one in each)
        print(
            f"{name:17} {cost:6.2f} µs CPU an answer, {cost / floor:4.2f} × the floor  (rounds {rounds}); "
            f"waits p50 {cuts[499] * 1e3:.2f} p99 {cuts[989] * 1e3:.2f} p99.9 {cuts[998] * 1e3:.2f} ms"
        )
    for name in ("real decision", "with 20 live rules"):
        rate = min(given.most_a_second, 0.5e6 / statistics.median(costs[name]))
        with tempfile.TemporaryDirectory() as folder:
            _, waited = measure(name, given.calls, 1, given.rounds, Path(folder), rate)
        cuts = statistics.quantiles(waited, n=1000)
        print(
            f"{name}, {rate:,.0f} calls a second, each at its own moment: "
            f"p50 {cuts[499] * 1e3:.2f} p99 {cuts[989] * 1e3:.2f} p99.9 {cuts[998] * 1e3:.2f} ms"
        )


if __name__ == "__main__":
    main()
