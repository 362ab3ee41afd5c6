"""What a screened call costs over HTTP in CPU, beside the barest ASGI application under the same uvicorn, in one run.

Usage: python -m benchmarks.http [--calls 20000] [--in-flight 16] [--rounds 5] [--numbers 1000000] [--half-load 10]

Each server is a process of its own and tells its own CPU time (user and system); the sender is another. The same
requests go to all: POST /v1/screen/call with a key, every call a new one. The floor reads nothing and says hello.
Servers take turns, so that a busy machine is busy for all; the median counts. Each spares what it has loaded from the
collector, as an owner does. `constant decision` leaves out deciding: what remains is reading, letting in, answering,
counting. `look-up` asks for one number by GET.

With --half-load, the last server is then asked for so many seconds at half the rate that one core carries, each request
at its own moment; waits count from that moment.
"""

import argparse
import asyncio
import multiprocessing
import resource
import selectors
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.claims.snapshot import SnapshotFile, SnapshotHead, compile_base
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_counters import CallCounters
from fanzha.screen.decider import Decider
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import EventLog, LogWriter
from fanzha.screen.http.app import HttpApp
from fanzha.screen.http.authorization import KeyAuthorizer
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.http.hash_ranges import UrlPrefixes
from fanzha.screen.http.protocol import BoundedProtocol
from fanzha.screen.http.server import HttpServer, make_config, make_server
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.metrics import Metrics
from fanzha.screen.overload import OverloadControl
from fanzha.screen.roaming import RoamingLookup
from fanzha.screen.screener import Screener
from fanzha.screen.settings import EnforcementStep, ScreenSettings, TrunkSettings
from fanzha.screen.site.owner import FLUSH_SECONDS
from fanzha.screen.site.warm_up import freeze_loaded_objects
from fanzha.store.screen_keys import KeyScope, ScreenKeyCache, ScreenKeys

WARM = 2_000  # requests before the clock starts
PATIENCE_SECONDS = 10.0
FIRST = 8617000000000  # the numbers listed begin here

CALL = (
    '{{"call_id":"{turn}-{number}@192.0.2.77","caller":"+8617{caller:09}","callee":"+86191000{callee:05}",'
    '"trunk":"IGW-1","shown":"+8617{caller:09}"}}'
)
DECISION = Decision(Treatment.LABEL, ("from_abroad",), 0.5, Treatment.LABEL, "US")

Build = Callable[[Path, int], tuple[HttpServer, str]]


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Say hello: the floor."""
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


class Constant:
    """Decides nothing."""

    def call(self, attempt: CallAttempt, then: Callable[[Decision], None]) -> Decision:
        """Return the same for all."""
        return DECISION

    def unscreened(self, attempt: CallAttempt, code: str) -> Decision:
        """Return it too."""
        return DECISION


def floor(folder: Path, numbers: int) -> tuple[HttpServer, str]:
    """Build the floor."""
    return HttpServer(make_config(hello, HttpToolsProtocol)), "none"


def bounded(folder: Path, numbers: int) -> tuple[HttpServer, str]:
    """Build the floor under the protocol of the screens."""
    return HttpServer(make_config(hello, BoundedProtocol)), "none"


def constant(folder: Path, numbers: int) -> tuple[HttpServer, str]:
    """Build the screen without decisions."""
    return screen(folder, Constant(), snapshot(1_000))


def full(folder: Path, numbers: int) -> tuple[HttpServer, str]:
    """Build the screen as it is."""
    mapped = snapshot(numbers)
    decider = Decider(EmergencyCalls())
    decider.snapshot = mapped
    settings = ScreenSettings(
        trunks={"IGW-1": TrunkSettings(ingress="international_gateway", acts=EnforcementStep.REFUSE)}
    )
    log = EventLog(LogWriter(folder, waiting=200_000, days=1))
    flush(log)
    roaming = RoamingLookup(None, wait_ms=20, keep_ms=60_000, remembered=100_000)
    return screen(folder, Screener(settings, decider, roaming, log, b"k" * 32), mapped)


def flush(log: EventLog) -> None:
    """Hand what has gathered to the disk, over and over."""
    log.flush(time.time_ns() // 1_000_000)
    asyncio.get_running_loop().call_later(FLUSH_SECONDS, flush, log)


def screen(folder: Path, screener: Any, mapped: MappedSnapshot) -> tuple[HttpServer, str]:
    """Put the parts together; returns the server and a key."""
    keys, metrics = ScreenKeys(folder), Metrics()
    scopes = (KeyScope.CALL, KeyScope.LOOKUP)
    key = keys.add("benchmark", scopes, rate=1_000_000, burst=10_000_000, at=0, by="benchmark")
    gate = KeyAuthorizer(ScreenKeyCache(keys), metrics)
    calls = CallCounters(metrics, "http")
    parts = ScreenServices(
        screener, lambda: mapped, None, gate, metrics, calls, tuple, UrlPrefixes(), None, OverloadControl()
    )
    return make_server(HttpApp(parts)), key


def snapshot(numbers: int) -> MappedSnapshot:
    """Return a snapshot that lists every second number from FIRST on."""
    listing, entry = ContentsBuilder(), SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "fake_bank")
    listing.add_keys(np.arange(FIRST, FIRST + 2 * numbers, 2, dtype=np.uint64), entry)
    head = SnapshotHead(what="base", sequence=1, created_at=0, salt="5a" * 16)
    mapped = MappedSnapshot(SnapshotFile(memoryview(b"".join(compile_base(listing.build(), head))), "benchmark"))
    mapped.warm()
    return mapped


SERVERS: dict[str, Build] = {
    "bare ASGI hello": floor,
    "hello, bounded": bounded,
    "look-up": constant,
    "constant decision": constant,
    "full decision": full,
}


def serve(name: str, numbers: int, orders: Connection) -> None:
    """Run one server; at each order from the pipe, send the CPU seconds used so far."""

    async def run(folder: Path) -> None:
        opened = socket.create_server(("127.0.0.1", 0))
        server, key = SERVERS[name](folder, numbers)

        def obey() -> None:
            server.should_exit = orders.recv() == "stop"
            used = resource.getrusage(resource.RUSAGE_SELF)
            orders.send(used.ru_utime + used.ru_stime)

        asyncio.get_running_loop().add_reader(orders.fileno(), obey)
        freeze_loaded_objects()
        orders.send((opened.getsockname(), key))
        await server.serve(sockets=[opened])

    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(run(Path(folder)))


def requests(name: str, count: int, turn: int, numbers: int, key: str) -> list[bytes]:
    """Write requests that nobody has seen yet; of every two callers one is listed."""
    draw = np.random.default_rng(turn)
    callers = draw.integers(0, 2 * numbers, count).tolist()
    head = f"host: 127.0.0.1\r\nuser-agent: benchmark\r\nauthorization: Bearer {key}\r\n"
    if name == "look-up":
        path = "/v1/lookup/phone_number?value=%2B8617{:09}"
        return [f"GET {path.format(caller)} HTTP/1.1\r\n{head}\r\n".encode() for caller in callers]
    bodies = (
        CALL.format(turn=turn, number=number, caller=caller, callee=number % 100_000)
        for number, caller in enumerate(callers)
    )
    head = f"POST /v1/screen/call HTTP/1.1\r\n{head}content-type: application/json\r\ncontent-length: "
    return [f"{head}{len(body)}\r\n\r\n{body}".encode() for body in bodies]


def send_all(senders: list[socket.socket], asked: list[bytes]) -> list[float]:
    """Keep one request on each connection until all are answered; return how long each took, in seconds."""
    waits, sent_at = [], [0.0] * len(senders)
    for place, request in enumerate(asked[: len(senders)]):
        sent_at[place] = time.perf_counter()
        senders[place].sendall(request)
    for number in range(len(asked)):
        place = number % len(senders)
        answer = senders[place].recv(65_536)
        while not _whole(answer):
            answer += senders[place].recv(65_536)
        now = time.perf_counter()
        waits.append(now - sent_at[place])
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"not answered: {answer[:300]!r}")
        if number + len(senders) < len(asked):
            sent_at[place] = now
            senders[place].sendall(asked[number + len(senders)])
    return waits


def _whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not answer and not end:
        raise SystemExit("the server closed a connection")
    return bool(end) and len(body) >= int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])


def send_evenly(senders: list[socket.socket], asked: list[bytes], rate: float) -> list[float]:
    """Send each request at its moment, or when a connection is free; return how long each took from its moment."""
    waits, free, due = list[float](), list(senders), dict[socket.socket, float]()
    begun, sent = time.perf_counter(), 0
    with selectors.DefaultSelector() as ready:
        for one in senders:
            ready.register(one, selectors.EVENT_READ)
        while len(waits) < len(asked):
            moment = begun + sent / rate
            while free and sent < len(asked) and moment <= time.perf_counter():
                one = free.pop()
                one.sendall(asked[sent])
                due[one], sent, moment = moment, sent + 1, moment + 1 / rate
            pause = max(0.0, moment - time.perf_counter()) if free and sent < len(asked) else None
            for key, _ in ready.select(pause):
                one = key.fileobj  # type: ignore[assignment]
                one.recv(65_536)  # an answer is one packet
                waits.append(time.perf_counter() - due.pop(one))
                free.append(one)
    return waits


def measure(
    name: str, count: int, in_flight: int, turn: int, numbers: int, rate: float = 0.0
) -> tuple[float, list[float]]:
    """Return the CPU seconds of a server for so many requests and the waits of the sender, at a rate if it has one."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(name, numbers, there), daemon=True)
    process.start()
    senders: list[socket.socket] = []
    try:
        address, key = here.recv()
        senders = [socket.create_connection(address, PATIENCE_SECONDS) for _ in range(in_flight)]
        asked = requests(name, count + WARM, turn, numbers, key)
        send_all(senders, asked[:WARM])
        here.send("tell")
        before = here.recv()
        waits = send_evenly(senders, asked[WARM:], rate) if rate else send_all(senders, asked[WARM:])
        here.send("stop")
        return here.recv() - before, waits
    finally:
        for sender in senders:
            sender.close()
        process.join(PATIENCE_SECONDS)
        process.kill()


def main() -> None:
    """Measure and print microseconds of CPU a request, and the ratio to the floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--numbers", type=int, default=1_000_000, help="that are listed")
    parser.add_argument("--half-load", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--servers", nargs="+", default=[*SERVERS], choices=[*SERVERS])
    given = parser.parse_args()
    costs: dict[str, list[float]] = {name: [] for name in given.servers}
    waits: dict[str, list[float]] = {name: [] for name in given.servers}
    for turn in range(given.rounds):
        for name in given.servers:
            seconds, waited = measure(name, given.calls, given.in_flight, turn, given.numbers)
            costs[name].append(seconds / given.calls * 1e6)
            waits[name] += waited
    lowest = statistics.median(costs[given.servers[0]])
    for name, each in costs.items():
        cost = statistics.median(each)
        rounds = " ".join(f"{one:.1f}" for one in each)
        print(f"{name:18} {cost:6.2f} µs CPU a request, {cost / lowest:4.2f} × the floor  (rounds {rounds})")
        print(f"{'':18} {told(waits[name])}")
    if given.half_load:
        rate = 0.5e6 / statistics.median(costs[given.servers[-1]])
        name, count = given.servers[-1], int(rate * given.half_load)
        _, waited = measure(name, count, given.in_flight, 0, given.numbers, rate)
        print(f"{name} at half load, {rate:,.0f} a second: {told(waited)}")


def told(waits: list[float]) -> str:
    """Say how long answers took."""
    cuts = statistics.quantiles(waits, n=1000)
    return f"waits p50 {cuts[499] * 1e3:.2f} p99 {cuts[989] * 1e3:.2f} p99.9 {cuts[998] * 1e3:.2f} ms"


if __name__ == "__main__":
    main()
