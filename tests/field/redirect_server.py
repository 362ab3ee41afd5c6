"""A redirect server as a process of its own, for senders that are not ours: `redirecting` runs it and tells its port.

Its arguments: the address, the protocol, how many microseconds of CPU it thinks about a call, how many milliseconds a
call may wait before it is shed. Callers ending in 1 are refused, others labelled as calls from abroad. It ends with its
standard input, and then tells in JSON what it counted, and how much CPU answering took.
"""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import uvloop

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.overload import LoopWatch, OverloadControl
from fanzha.screen.sip.listener import Listener, TrunkHeader
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import DecisionCache
from fanzha.screen.sip.tcp import serve_stream
from fanzha.screen.sip.udp import UdpServer
from fanzha.screen.site.sockets import enlarge_buffer

REFUSE = Decision(Treatment.REFUSE, ("watched_number",), 0.9, Treatment.REFUSE, "US")
LABEL = Decision(Treatment.LABEL, ("overseas_call",), 0.5, Treatment.LABEL, "US")


def bound(address: str) -> socket.socket:
    """Return a datagram socket with the receive buffer of a screen."""
    opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    enlarge_buffer(opened)
    opened.bind((address, 0))
    opened.settimeout(5)
    return opened


def listening(address: str) -> socket.socket:
    """Return a listening stream socket."""
    return socket.create_server((address, 0), family=socket.AF_INET6 if ":" in address else socket.AF_INET)


class FakeDecider:
    """Decides by the caller's last digit and counts the calls."""

    def __init__(self, microseconds: int) -> None:
        self.asked, self.trunks, self._thinks = 0, set[str](), microseconds * 1_000

    def decide(self, attempt: CallAttempt) -> Decision:
        """Refuse callers that end in 1."""
        began = time.process_time_ns()
        self.asked += 1
        self.trunks.add(attempt.trunk)
        while time.process_time_ns() - began < self._thinks:
            pass
        return REFUSE if attempt.caller.endswith("1") else LABEL


async def serve(address: str, protocol: Any, thinks: str, waits: str) -> None:
    """Answer until standard input ends."""
    decider, overload = FakeDecider(int(thinks)), OverloadControl(float(waits))
    listener = Listener("field", address, 0, protocol, trunk=TrunkHeader("X-Trunk"))
    server = RedirectServer(listener, decider.decide, DecisionCache(), overload)
    watch = LoopWatch(overload)
    opened = bound(address) if protocol == "udp" else listening(address)
    serving = UdpServer(opened, server, overload) if protocol == "udp" else await serve_stream(opened, server)
    began = time.process_time()
    print(opened.getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    serving.close()
    watch.close()
    answers = {code: count for code, count in enumerate(server.counts.answers) if count}
    told = {**asdict(server.counts), "answers": answers, "asked": decider.asked, "trunks": sorted(decider.trunks)}
    told["cpu_seconds"] = time.process_time() - began
    print(json.dumps(told), flush=True)


@contextmanager
def redirecting(
    address: str, protocol: str, thinks_microseconds: int = 0, waits_ms: float = 2_000.0
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Run a redirect server; yield its port, and a place for what it counted, filled when it has ended."""
    command = [sys.executable, "-m", __name__, address, protocol, str(thinks_microseconds), str(waits_ms)]
    told: dict[str, Any] = {}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), told
            counted, _ = process.communicate(timeout=20)
            told.update(json.loads(counted))
        finally:
            process.kill()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
