"""Warnings wait in a bounded queue and go out at the gateway's pace; what does not go out is told with its why."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

import pytest

from fanzha.screen import warning_queue
from fanzha.screen.warning_queue import FAILED, LATE, LEFT, REFUSED, SENT, Sending, post
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


def run(told: Told, test: Callable[[Sending[int]], Awaitable[None]], most_a_second: float = 10_000) -> None:
    async def whole() -> None:
        made = Sending[int](most_a_second, told.ended, told.post)
        running = asyncio.create_task(made.run())
        await test(made)
        running.cancel()

    asyncio.run(whole())


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not reached():
            await asyncio.sleep(0.005)


def test_what_waits_when_the_process_ends_is_told() -> None:
    told = Told()

    async def send() -> None:
        made = Sending[int](1, told.ended, told.post)
        assert made.put(1, request) and made.put(2, request)
        made.close()

    asyncio.run(send())
    assert told.ends == [(1, LEFT), (2, LEFT)]


@pytest.mark.parametrize(("status", "end"), [(202, SENT), (200, SENT), (403, REFUSED), (503, REFUSED), (0, FAILED)])
def test_what_the_gateway_says_is_told(status: int, end: str) -> None:
    told = Told(status)

    async def send(made: Sending[int]) -> None:
        assert made.put(7, request)
        await until(lambda: bool(told.ends))

    run(told, send)
    assert told.ends == [(7, end)]


def test_what_cannot_be_built_has_failed() -> None:
    told = Told()

    def build() -> Request:
        raise ValueError("no number")

    async def send(made: Sending[int]) -> None:
        made.put(7, build)
        await until(lambda: bool(told.ends))

    run(told, send)
    assert (told.ends, told.asked) == ([(7, FAILED)], [])


def test_no_more_a_second_than_allowed() -> None:
    told, begun = Told(), time.monotonic()

    async def send(made: Sending[int]) -> None:
        for one in range(5):
            made.put(one, request)
        await until(lambda: len(told.ends) == 5)

    run(told, send, most_a_second=20)
    assert told.asked[-1] - begun > 0.199


def test_a_gateway_that_hangs_fills_the_queue_and_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warning_queue, "WAITING", 3)
    told = Told(gate=threading.Event())

    async def send(made: Sending[int]) -> None:
        for one in range(warning_queue.AT_ONCE + 1):  # those asked at once, and one that waits for its turn
            assert made.put(one, request)
            await asyncio.sleep(0.01)
        begun = time.perf_counter()
        taken = [made.put(one, request) for one in range(10, 20)]
        assert time.perf_counter() - begun < 0.5
        assert taken == [True] * 3 + [False] * 7
        assert told.gate is not None
        told.gate.set()
        await until(lambda: len(told.ends) == warning_queue.AT_ONCE + 4)

    run(told, send)


def test_what_waited_too_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warning_queue, "LATE_SECONDS", -1.0)
    told = Told()

    async def send(made: Sending[int]) -> None:
        for one in range(2 * warning_queue.AT_ONCE):
            made.put(one, request)
        await until(lambda: len(told.ends) == 2 * warning_queue.AT_ONCE)

    run(told, send)
    assert {end for _, end in told.ends} == {LATE} and told.asked == []


def test_a_request_goes_out_as_it_was_built_and_follows_no_redirection(socket_enabled: None) -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer

    came = list[tuple[str, str, bytes]]()

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.path, self.headers["X-Kannel-To"], body))
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
    assert came == [("/cgi-bin/sendsms", "+8617000000900", "境外".encode())]
