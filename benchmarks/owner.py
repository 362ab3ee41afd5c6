"""What a call costs a running owner in CPU and memory, beside the barest uvloop datagram echo, in one run.

Usage: python -m benchmarks.owner [--calls 10000] [--rounds 5] [--numbers 100000]

Two screens run as an operator starts them, with counters, log, a snapshot of 100,000 numbers and a standby that
follows: one without rules, one with the shipped rules. Servers take turns, one call in flight and sixteen, so that a
busy machine is busy for all; the median counts. CPU is that of all threads of the owner (sched_getcpuclockid would be
its own; /proc/PID/task/TID/schedstat is read), timers and log included; the standby's and the supervisor's are not.
Callers and callees are drawn from 50,000 numbers each, from abroad. Memory is what the owner's resident memory grew by,
for each call, with the shipped rules; arrays double, so it is also given as bytes of windows.
"""

import argparse
import itertools
import multiprocessing
import os
import re
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path
from random import Random

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from benchmarks.sip import INVITE, PATIENCE_SECONDS, WARM, send_all, serve  # noqa: E402
from tests.field.screens import Screen, publish  # noqa: E402
from tests.free_ports import free_port  # noqa: E402

from fanzha.claims.snapshot import SnapshotEntry  # noqa: E402
from fanzha.claims.treatment import Treatment  # noqa: E402
from fanzha.claims.verdict import Level  # noqa: E402
from fanzha.screen.site.sockets import enlarge_buffer  # noqa: E402

POOL = 50_000  # callers and callees
SETTINGS = """
standbys = 1
real_time = false
[sip.edge]
port = {port}
protocols = ["udp"]
trunk_header = "X-Trunk"
trusted = true
[http]
port = {http}
[trunks.IGW-FIC-07]
ingress = "international_gateway"
acts = "refuse"
[snapshot]
newly_refused = 10000000
[overload]
late_ms = 10000
[rules]
run = {rules}
"""
REFUSE = SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "fake_authority")
_SHOWN = "+8617000000001"  # the caller in the INVITE of benchmarks.sip


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of all threads of a process, in seconds."""
    total = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        total += int(path.read_text().split()[0])
    return total / 1e9


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def messages(count: int, port: int, turn: int) -> list[bytes]:
    """Write calls that nobody has seen yet, between numbers of the pool."""
    draw = Random(turn)
    text = INVITE.replace("\n", "\r\n").replace("+86191000{number:05d}", "{callee}").replace(_SHOWN, "{caller}")
    return [
        text.format(
            number=number,
            port=port,
            turn=turn,
            length=0,
            body="",
            caller=f"+1212{2_000_000 + draw.randrange(POOL)}",
            callee=f"+86191{draw.randrange(POOL):08d}",
        ).encode()
        for number in range(count)
    ]


class Server:
    """A server that answers calls, and the process that does."""

    def __init__(self, name: str, pid: int, port: int) -> None:
        self.name, self.pid = name, pid
        self.costs: dict[int, list[float]] = {}
        self.sent = 0
        self._sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sender.settimeout(PATIENCE_SECONDS)
        enlarge_buffer(self._sender)
        self._sender.connect(("127.0.0.1", port))

    def send(self, count: int, in_flight: int, turn: int) -> None:
        """Send calls and record microseconds of CPU a call."""
        calls = messages(count, self._sender.getsockname()[1], turn)
        before = cpu_seconds(self.pid)
        send_all(self._sender, calls, in_flight)
        self.sent += count
        cost = (cpu_seconds(self.pid) - before) / count * 1e6
        self.costs.setdefault(in_flight, []).append(cost)


def start_screen(folder: Path, numbers: int, *, rules: bool) -> tuple[Screen, int]:
    """Return a screen that has not been started, and its port."""
    port = free_port()
    text = SETTINGS.format(port=port, http=free_port(), rules=str(rules).lower())
    screen = Screen(folder, text, snapshot=False)
    publish(screen.home, {("phone_number", f"+4420{place:08d}"): REFUSE for place in range(numbers)})
    return screen, port


def measure(servers: list[Server], calls: int, rounds: int) -> None:
    """Let the servers take turns."""
    turns = itertools.count(1)
    for server in servers:
        server.send(WARM, 16, next(turns))
        server.costs.clear()
    for _, in_flight, server in itertools.product(range(rounds), (1, 16), servers):
        server.send(calls, in_flight, next(turns))


def print_costs(servers: list[Server]) -> None:
    """Print medians and their ratios to the first server."""
    for in_flight in (1, 16):
        floor = statistics.median(servers[0].costs[in_flight])
        for server in servers:
            cost = statistics.median(server.costs[in_flight])
            rounds = " ".join(f"{one:.1f}" for one in server.costs[in_flight])
            print(
                f"{in_flight:2} in flight, {server.name:22} {cost:6.1f} µs CPU a call, {cost / floor:4.2f} × the echo"
                f"  (rounds {rounds})"
            )


def main() -> None:
    """Start the servers, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--numbers", type=int, default=100_000, help="numbers of the list")
    given = parser.parse_args()
    here, there = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        echo = multiprocessing.get_context("spawn").Process(
            target=serve, args=("uvloop echo", there, folder), daemon=True
        )
        echo.start()
        assert echo.pid is not None
        bare, bare_port = start_screen(folder / "off", given.numbers, rules=False)
        shipped, shipped_port = start_screen(folder / "shipped", given.numbers, rules=True)
        with bare, shipped:
            for screen in (bare, shipped):
                _wait_for_standby(screen)
            servers = [
                Server("uvloop echo", echo.pid, here.recv()[1]),
                Server("rules off", bare.owner, bare_port),
                Server("shipped rules", shipped.owner, shipped_port),
            ]
            before = resident_bytes(shipped.owner)
            measure(servers, given.calls, given.rounds)
            print_costs(servers)
            grown = resident_bytes(shipped.owner) - before
            print(
                f"memory a call with the shipped rules: {grown / servers[2].sent:,.0f} B of {servers[2].sent:,} calls"
            )
        here.send("stop")
        echo.join(PATIENCE_SECONDS)
        echo.kill()


def _wait_for_standby(screen: Screen) -> None:
    while not re.search("standby follows", screen.said()):
        time.sleep(0.1)


if __name__ == "__main__":
    main()
