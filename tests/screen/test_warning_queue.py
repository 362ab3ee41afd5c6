"""Warnings wait in a bounded queue and go out at the gateway's pace; what does not go out is told with its why."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

import pytest

from fanzha.screen import warning_queue
from fanzha.screen.warning_queue import FAILED, LATE, REFUSED, SENT, UNSENT, WarningQueue, post
from fanzha.warn import Request


def request() -> Request:
    return Request("http://127.0.0.1:1/", b"x")


class Told:
    """A gateway of one status, and what became of what."""

    def __init__(self, status: int = 202, gate: threading.Event | None = None) -> None:
        self.status, self.gate, self.asked = status, gate, list[float]()
        self.ends = list[tuple[int, str]]()

    def post(self, request: Request) -> int:
        self.asked.append(time.monotonic())
        if self.gate is not None:
            self.gate.wait(10)
        if not self.status:
            raise ConnectionRefusedError
        return self.status

    def ended(self, what: int, end: str) -> None:
        self.ends.append((what, end))


def run(gateway: Told, test: Callable[[WarningQueue[int]], Awaitable[None]], most_a_second: float = 10_000) -> None:
    async def whole() -> None:
        queue = WarningQueue[int](most_a_second, gateway.ended, gateway.post)
        running = asyncio.create_task(queue.run())
        await test(queue)
        running.cancel()

    asyncio.run(whole())


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not reached():
            await asyncio.sleep(0.005)


def test_what_waits_when_the_process_ends_is_told() -> None:
    gateway = Told()

    async def send() -> None:
        queue = WarningQueue[int](1, gateway.ended, gateway.post)
        assert queue.enqueue(1, request) and queue.enqueue(2, request)
        queue.close()

    asyncio.run(send())
    assert gateway.ends == [(1, UNSENT), (2, UNSENT)]


@pytest.mark.parametrize(("status", "end"), [(202, SENT), (200, SENT), (403, REFUSED), (503, REFUSED), (0, FAILED)])
def test_what_the_gateway_says_is_told(status: int, end: str) -> None:
    gateway = Told(status)

    async def send(queue: WarningQueue[int]) -> None:
        assert queue.enqueue(7, request)
        await until(lambda: bool(gateway.ends))

    run(gateway, send)
    assert gateway.ends == [(7, end)]


def test_what_cannot_be_built_has_failed() -> None:
    gateway = Told()

    def build() -> Request:
        raise ValueError("no number")

    async def send(queue: WarningQueue[int]) -> None:
        queue.enqueue(7, build)
        await until(lambda: bool(gateway.ends))

    run(gateway, send)
    assert (gateway.ends, gateway.asked) == ([(7, FAILED)], [])


def test_no_more_a_second_than_allowed() -> None:
    gateway, begun = Told(), time.monotonic()

    async def send(queue: WarningQueue[int]) -> None:
        for number in range(5):
            queue.enqueue(number, request)
        await until(lambda: len(gateway.ends) == 5)

    run(gateway, send, most_a_second=20)
    assert gateway.asked[-1] - begun > 0.199


def test_a_gateway_that_hangs_fills_the_queue_and_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warning_queue, "QUEUE_SIZE", 3)
    gateway = Told(gate=threading.Event())

    async def send(queue: WarningQueue[int]) -> None:
        for number in range(warning_queue.MAX_CONCURRENT + 1):  # those asked at once, and one that waits for its turn
            assert queue.enqueue(number, request)
            await asyncio.sleep(0.01)
        begun = time.perf_counter()
        accepted = [queue.enqueue(number, request) for number in range(10, 20)]
        assert time.perf_counter() - begun < 0.5
        assert accepted == [True] * 3 + [False] * 7
        assert gateway.gate is not None
        gateway.gate.set()
        await until(lambda: len(gateway.ends) == warning_queue.MAX_CONCURRENT + 4)

    run(gateway, send)


def test_what_waited_too_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warning_queue, "LATE_SECONDS", -1.0)
    gateway = Told()

    async def send(queue: WarningQueue[int]) -> None:
        for number in range(2 * warning_queue.MAX_CONCURRENT):
            queue.enqueue(number, request)
        await until(lambda: len(gateway.ends) == 2 * warning_queue.MAX_CONCURRENT)

    run(gateway, send)
    assert {end for _, end in gateway.ends} == {LATE} and gateway.asked == []


def test_a_request_goes_out_as_it_was_built_and_follows_no_redirection(socket_enabled: None) -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer

    requests = list[tuple[str, str, bytes]]()

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append((self.path, self.headers["X-Kannel-To"], body))
            self.send_response(307)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/cgi-bin/sendsms"
        assert post(Request(url, "境外".encode(), {"X-Kannel-To": "+8617000000900"})) == 307
        thread.join(10)
    assert requests == [("/cgi-bin/sendsms", "+8617000000900", "境外".encode())]
