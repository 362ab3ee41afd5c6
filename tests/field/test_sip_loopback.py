"""Answers go where Via says over networks of both families, late ones too; a flood is shed, and over when it ends."""

import asyncio
import socket
import time
from collections.abc import Callable

import pytest
from tests.field.redirect_server import LABEL, REFUSE, bound, listening, redirecting
from tests.screen.sip.calls import CALLEE, Desk, request

from fanzha.screen.attempt import Attempt
from fanzha.screen.decision import Decision
from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.overload import Overload
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.repeats import Repeats
from fanzha.screen.sip.tcp import serve_stream
from fanzha.screen.sip.udp import Datagrams

pytestmark = pytest.mark.field

ADDRESSES = ("127.0.0.1", "::1")
THINKS_MICROSECONDS = 300
FLOOD_SECONDS = 3.0
WAIT_MS = 40.0


def host(address: str) -> str:
    """Return an address as Via writes it."""
    return f"[{address}]" if ":" in address else address


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_answer_goes_to_the_port_that_via_names_or_back_where_rport_stands(address: str) -> None:
    with redirecting(address, "udp") as (port, _), bound(address) as sender, bound(address) as named:
        via = f"Via: SIP/2.0/UDP {host(address)}:{named.getsockname()[1]};branch=z9hG4bK1"
        sender.sendto(request(via), (address, port))
        answer, source = named.recvfrom(4096)
        assert source[1] == port and f"{via}\r\n".encode() in answer
        sender.sendto(request(via + ";rport"), (address, port))
        answer, source = sender.recvfrom(4096)
        seen = f";received={address};rport={sender.getsockname()[1]}\r\n"
        assert source[1] == port and f"{via}{seen}".encode() in answer


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_burst_larger_than_any_batch_is_answered_whole(address: str) -> None:
    with redirecting(address, "udp") as (port, told), bound(address) as sender:
        via = f"Via: SIP/2.0/UDP {host(address)}:{sender.getsockname()[1]};branch=z9hG4bK1"
        for number in range(150):
            sender.sendto(request(via, f"Call-ID: {number}"), (address, port))
        answers = [sender.recv(4096) for _ in range(150)]
        assert {answer.partition(b"Call-ID: ")[2].partition(b"\r")[0] for answer in answers} == {
            b"%d" % number for number in range(150)
        }
    assert told["answers"] == {"603": 150}


class Later:
    """Decides a moment later, each call by itself."""

    def decide(self, attempt: Attempt, then: Callable[[Decision], None]) -> Decision | None:
        """Refuse after 20 ms."""
        asyncio.get_running_loop().call_later(0.02, then, REFUSE)
        return None


def waiting(listener: Listener) -> RedirectServer:
    """Return a server whose decisions all come late."""
    return RedirectServer(listener, Desk(LABEL).decide, Repeats(), Overload(), decide_later=Later().decide)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_late_answer_finds_its_datagram_again(address: str) -> None:
    async def run() -> list[bytes]:
        loop, listener = asyncio.get_running_loop(), Listener("late", address, 0)
        with bound(address) as opened, bound(address) as sender:
            datagrams = Datagrams(opened, waiting(listener), Overload())
            via = f"Via: SIP/2.0/UDP {host(address)}:{sender.getsockname()[1]};branch=z9hG4bK1"
            for call in ("one", "two"):
                sender.sendto(request(via, f"Call-ID: {call}"), opened.getsockname())
            sender.setblocking(False)
            answers = [await asyncio.wait_for(loop.sock_recv(sender, 4096), 5) for _ in range(2)]
            datagrams.close()
            return answers

    answers = asyncio.run(run())
    assert all(answer.startswith(b"SIP/2.0 603 ") for answer in answers)
    assert [b"Call-ID: one" in answer for answer in answers] == [True, False]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_late_answer_finds_its_stream_again(address: str) -> None:
    async def run() -> bytes:
        listener = Listener("late", address, 0, "tcp")
        opened = listening(address)
        server = await serve_stream(opened, waiting(listener))
        reader, writer = await asyncio.open_connection(*opened.getsockname()[:2])
        writer.write(request())
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        writer.close()
        server.close()
        return answer

    assert asyncio.run(run()).startswith(b"SIP/2.0 603 ")


class Flood:
    """A sender that keeps its pace whatever is answered."""

    def __init__(self, port: int) -> None:
        self._socket = bound("127.0.0.1")
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.setblocking(False)
        self._port, self._sent_at = port, list[float]()
        self._own = self._socket.getsockname()[1]

    def capacity(self, seconds: float) -> float:
        """Return how many calls a second are answered to a sender that waits for answers."""
        waits: dict[int, list[float]] = {}
        began, before = time.perf_counter(), len(self._sent_at)
        while time.perf_counter() - began < seconds:
            while len(self._sent_at) - before - sum(map(len, waits.values())) < 8:
                self._send()
            self._take(waits)
        return len(waits[302]) / seconds

    def send(self, rate: float, seconds: float) -> dict[int, list[float]]:
        """Send new calls at a rate; return by status how long each answer took, in seconds."""
        waits: dict[int, list[float]] = {}
        began, sent = time.perf_counter(), 0
        while (now := time.perf_counter() - began) < seconds:
            while sent < now * rate:
                self._send()
                sent += 1
            self._take(waits)
            time.sleep(0.001)
        time.sleep(0.5)
        self._take(waits)
        return waits

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _send(self) -> None:
        via = f"Via: SIP/2.0/UDP 127.0.0.1:{self._own};branch=z9hG4bK1"
        call = f"Call-ID: {len(self._sent_at)}"
        self._sent_at.append(time.perf_counter())
        self._socket.sendto(request(via, call, f"From: <sip:{CALLEE}@x>;tag=1"), ("127.0.0.1", self._port))

    def _take(self, waits: dict[int, list[float]]) -> None:
        try:
            while True:
                answer = self._socket.recv(4096)
                number = int(answer.partition(b"Call-ID: ")[2].partition(b"\r")[0])
                waits.setdefault(int(answer[8:11]), []).append(time.perf_counter() - self._sent_at[number])
        except BlockingIOError:
            return


def test_of_three_times_too_many_calls_some_are_decided_in_time_and_all_when_it_is_over() -> None:
    with redirecting("127.0.0.1", "udp", THINKS_MICROSECONDS, WAIT_MS) as (port, _):
        flood = Flood(port)
        capacity = flood.capacity(2.0)
        too_many = flood.send(3 * capacity, FLOOD_SECONDS)
        after = flood.send(capacity / 4, 1.0)
        flood.close()
    assert set(too_many) == {302, 503}
    assert len(too_many[302]) > 0.3 * capacity * FLOOD_SECONDS, "what can be decided is decided"
    slowest = sorted(too_many[302])[int(0.9 * len(too_many[302]))]
    assert slowest < 0.25, f"the queue is not left to grow: {slowest:.3f} s"
    assert len(after[302]) >= 0.95 * sum(map(len, after.values())), "when it is over, calls are decided as ever"
