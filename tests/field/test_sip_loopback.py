"""Answers go where Via says over networks of both families, late ones too; a flood is shed, and over when it ends."""

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Callable

import pytest
from tests.field.redirect_server import LABEL, REFUSE, bound, listening, redirecting
from tests.screen.sip.calls import CALLEE, FakeDecider, request

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.overload import OverloadControl
from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import DecisionCache
from fanzha.screen.sip.tcp import serve_stream
from fanzha.screen.sip.udp import UdpServer

pytestmark = pytest.mark.field

ADDRESSES = ("127.0.0.1", "::1")
THINKS_MICROSECONDS = 500
FLOOD_SECONDS = 3.0
WAIT_MS = 40.0
LAST_ANSWER_SECONDS = 10.0
SO_TIMESTAMPNS = 35  # socket(7): the system tells when a datagram came; not named by Python
STAMP = struct.Struct("@qq")


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

    def decide(self, attempt: CallAttempt, then: Callable[[Decision], None]) -> Decision | None:
        """Refuse after 20 ms."""
        asyncio.get_running_loop().call_later(0.02, then, REFUSE)
        return None


def waiting(listener: Listener) -> RedirectServer:
    """Return a server whose decisions all come late."""
    return RedirectServer(
        listener, FakeDecider(LABEL).decide, DecisionCache(), OverloadControl(), decide_later=Later().decide
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_late_answer_finds_its_datagram_again(address: str) -> None:
    async def run() -> list[bytes]:
        loop, listener = asyncio.get_running_loop(), Listener("late", address, 0)
        with bound(address) as opened, bound(address) as sender:
            datagrams = UdpServer(opened, waiting(listener), OverloadControl())
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
    """A sender that keeps its pace whatever is answered; when answers came is the system's own word."""

    def __init__(self, port: int) -> None:
        self._socket = bound("127.0.0.1")
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.setblocking(False)
        self._port, self._sent_at = port, list[float]()
        self._own = self._socket.getsockname()[1]

    def send(self, rate: float, seconds: float) -> dict[int, list[float]]:
        """Send new calls at a rate; return by status how long each answer took, in seconds."""
        waits: dict[int, list[float]] = {}
        first, began = len(self._sent_at), time.time()
        while (sent := len(self._sent_at) - first) < rate * seconds:
            for _ in range(sent, int(rate * (time.time() - began)) + 1):
                self._send()
            self._take(waits)
            time.sleep(0.001)
        last = time.time()
        while sum(map(len, waits.values())) < sent and time.time() < last + LAST_ANSWER_SECONDS:
            self._take(waits)
            time.sleep(0.001)
        return waits

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _send(self) -> None:
        via = f"Via: SIP/2.0/UDP 127.0.0.1:{self._own};branch=z9hG4bK1"
        call = f"Call-ID: {len(self._sent_at)}"
        text = request(via, call, f"From: <sip:{CALLEE}@x>;tag=1")
        self._sent_at.append(time.time())
        self._socket.sendto(text, ("127.0.0.1", self._port))

    def _take(self, waits: dict[int, list[float]]) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                answer, [(_, _, came)], _, _ = self._socket.recvmsg(4096, 64)
                seconds, nanoseconds = STAMP.unpack(came)
                number = int(answer.partition(b"Call-ID: ")[2].partition(b"\r")[0])
                waits.setdefault(int(answer[8:11]), []).append(seconds + nanoseconds / 1e9 - self._sent_at[number])


def test_of_three_times_too_many_calls_some_are_decided_in_time_and_all_when_it_is_over() -> None:
    ceiling = 1e6 / THINKS_MICROSECONDS  # decided a second, on any machine: nobody thinks faster
    with redirecting("127.0.0.1", "udp", THINKS_MICROSECONDS, WAIT_MS) as (port, told):
        flood = Flood(port)
        too_many = flood.send(3 * ceiling, FLOOD_SECONDS)
        after = flood.send(ceiling / 8, 1.0)
        flood.close()
    assert set(too_many) == {302, 503}
    answered = sum(map(len, too_many.values()))
    assert answered >= 3 * ceiling * FLOOD_SECONDS, "none is lost (not run as root: net.core.rmem_max is too small)"
    slowest = sorted(too_many[302])[int(0.9 * len(too_many[302]))]
    assert slowest < 0.25, f"the queue is not left to grow: {slowest:.3f} s"
    assert len(after[302]) >= 0.95 * sum(map(len, after.values())), "when it is over, calls are decided as ever"
    thought = told["asked"] * THINKS_MICROSECONDS / 1e6
    assert thought > 0.6 * told["cpu_seconds"], "shedding leaves time: what can be decided is decided"
