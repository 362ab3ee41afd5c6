"""A datagram is answered by a datagram on the running loop, and garbage is not."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.screen.sip.calls import FakeDecider, request, server
from tests.screen.sip.local_pair import local_pair

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_counters import CallCounters
from fanzha.screen.decision import Decision
from fanzha.screen.metrics import Metrics
from fanzha.screen.overload import LoopWatch, OverloadControl
from fanzha.screen.reasons import LATE
from fanzha.screen.settings import ScreenSettings
from fanzha.screen.sip.listener import Listener, TrunkHeader
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import DecisionCache
from fanzha.screen.sip.udp import UdpServer


def test_each_datagram_is_answered_in_order_until_it_is_closed(tmp_path: Path) -> None:
    async def run() -> list[bytes]:
        desk, overload = FakeDecider(), OverloadControl()
        with local_pair(tmp_path) as (near, far):
            near.setblocking(False)
            far.setblocking(False)
            datagrams = UdpServer(near, server(desk=desk), overload)
            for message in (request(), b"junk", b"\r\n\r\n", request(), request("Call-ID: other")):
                far.send(message)
            answers = [await asyncio.wait_for(asyncio.get_running_loop().sock_recv(far, 4096), 5) for _ in range(3)]
            datagrams.close()
            assert (overload.queues, datagrams.lost, len(desk.attempts)) == ([], 0, 2)
            return answers

    answers = asyncio.run(run())
    assert [answer[:12] for answer in answers] == [b"SIP/2.0 302 "] * 3
    assert answers[0] == answers[1] and b"Call-ID: other\r\n" in answers[2]


@contextmanager
def udp_pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Open two sockets on 127.0.0.1; the second is connected to the first, whose buffer holds a flood."""
    with socket.socket(type=socket.SOCK_DGRAM) as near, socket.socket(type=socket.SOCK_DGRAM) as far:
        near.bind(("127.0.0.1", 0))
        near.setblocking(False)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_000_000)
        far.connect(near.getsockname())
        yield near, far


class SlowDecider(FakeDecider):
    """Takes a millisecond for each call."""

    def decide(self, attempt: CallAttempt) -> Decision:
        time.sleep(0.001)
        return super().decide(attempt)


def by_trunk(overload: OverloadControl, desk: FakeDecider, counters: CallCounters | None = None) -> RedirectServer:
    """Return a server that reads the trunk from a header field."""
    listener = Listener("test", "127.0.0.1", trunk=TrunkHeader("X-Trunk"))
    return RedirectServer(
        listener,
        desk.decide,
        DecisionCache(),
        overload,
        spill=lambda attempt, _why: desk.decide(attempt),
        counters=counters,
    )


def flood(far: socket.socket, count: int, trunk: str = "flooded") -> None:
    """Send that many calls of a trunk at once."""
    for number in range(count):
        far.send(request(f"Call-ID: {trunk}{number}", f"X-Trunk: {trunk}"))


def test_a_flood_on_one_trunk_does_not_delay_the_calls_of_another(socket_enabled: None) -> None:
    desk, overload = SlowDecider(), OverloadControl()

    async def run() -> None:
        with udp_pair() as (near, far):
            datagrams = UdpServer(near, by_trunk(overload, desk), overload)
            flood(far, 200)
            far.send(request("Call-ID: innocent", "X-Trunk: other"))
            while len(desk.attempts) < 201:
                await asyncio.sleep(0.01)
            datagrams.close()

    asyncio.run(asyncio.wait_for(run(), 30))
    order = [attempt.call_id for attempt in desk.attempts]
    assert order.index("innocent") < 3 and len(set(order)) == 201
    flooded = [int(name.removeprefix("flooded")) for name in order if name != "innocent"]
    assert flooded == sorted(flooded, reverse=True)


def test_calls_whose_sender_no_longer_waits_are_dropped_and_counted(socket_enabled: None) -> None:
    async def run(desk: FakeDecider, metrics: Metrics) -> None:
        overload = OverloadControl(1_000, 100)
        waits = metrics.trunk_shed_seconds.series_for("flooded", LATE)
        with udp_pair() as (near, far):
            redirect = by_trunk(overload, desk, CallCounters(metrics, "sip"))
            datagrams = UdpServer(near, redirect, overload)
            flood(far, 200)
            while len(desk.attempts) + redirect.counts.late < 200:
                await asyncio.sleep(0.01)
            datagrams.close()
            assert redirect.counts.late == sum(waits.counts) == metrics.unscreened.series_for("sip", LATE).value
        assert sum(waits.counts[:5]) == 0 and waits.total_ns >= sum(waits.counts) * 100_000_000  # all waited for 100 ms

    for _ in range(50):  # a machine that did something else for 100 ms is late with all of them
        desk = SlowDecider()
        asyncio.run(asyncio.wait_for(run(desk, Metrics(["flooded"])), 30))
        if desk.attempts:
            break
    assert 1 <= len(desk.attempts) <= 120 and desk.attempts[0].call_id == "flooded199"


def test_a_single_call_that_waited_past_the_shipped_limit_is_dropped(socket_enabled: None) -> None:
    limit_ms = ScreenSettings().overload.late_ms

    async def run() -> RedirectServer:
        loop, overload = asyncio.get_running_loop(), OverloadControl(0.8 * limit_ms, limit_ms)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as near, socket.socket(type=socket.SOCK_DGRAM) as far:
            near.bind(("127.0.0.1", 0))
            far.connect(near.getsockname())
            near.setblocking(False)
            far.setblocking(False)
            redirect = RedirectServer(Listener("test", "127.0.0.1"), FakeDecider().decide, DecisionCache(), overload)
            datagrams, watch = UdpServer(near, redirect, overload), LoopWatch(overload)
            via = f"Via: SIP/2.0/UDP 127.0.0.1:{far.getsockname()[1]};branch=z9hG4bK776asdhds"
            for number in range(50):  # the kernel begins to keep when packets come, sooner or later
                await asyncio.sleep(0.02)
                far.send(request(via, f"Call-ID: {number}"))
                time.sleep(limit_ms / 1e3 + 0.05)  # nothing is read meanwhile
                await asyncio.sleep(0.02)
                if redirect.counts.late:
                    break
                await asyncio.wait_for(loop.sock_recv(far, 4096), 5)
            far.send(request(via, "Call-ID: in-time"))
            assert b"Call-ID: in-time" in await asyncio.wait_for(loop.sock_recv(far, 4096), 5)
            watch.close()
            datagrams.close()
            return redirect

    assert asyncio.run(run()).counts.late == 1


def test_a_wait_counts_from_the_kernels_arrival_time(socket_enabled: None) -> None:
    overload, metrics, blocked_ns = OverloadControl(), Metrics(["flooded"]), 30_000_000
    waits = metrics.trunk_wait_seconds.series_for("flooded")

    async def run() -> tuple[int, int]:
        """Return what a wait counted for a call that nobody read for a while, and how long it can have been."""
        with udp_pair() as (near, far):
            datagrams = UdpServer(near, by_trunk(overload, FakeDecider(), CallCounters(metrics, "sip")), overload)
            for number in range(50):  # the kernel begins to keep when packets come, sooner or later
                await asyncio.sleep(0)
                counted_ns, begun = waits.total_ns, time.monotonic_ns()
                far.send(request(f"Call-ID: {number}", "X-Trunk: flooded"))
                time.sleep(blocked_ns / 1e9)  # nothing is read meanwhile
                while sum(waits.counts) <= number:
                    await asyncio.sleep(0.001)
                if waits.total_ns - counted_ns >= blocked_ns:
                    break
            datagrams.close()
            return waits.total_ns - counted_ns, time.monotonic_ns() - begun

    waited_ns, most_ns = asyncio.run(asyncio.wait_for(run(), 30))
    assert blocked_ns <= waited_ns <= most_ns
    answers = metrics.answer_seconds.series_for("sip")
    assert answers.total_ns >= waits.total_ns  # the answer took the wait and the decision
