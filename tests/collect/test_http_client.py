"""The client ends in time and within its limits, whatever the server does."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.collect.followed_log import LOCAL

from fanzha.base.outgoing_request import PrivateAddressPolicy, RequestFailed
from fanzha.collect.http_client import HttpClient, NotFound, ServerBusy

pytestmark = pytest.mark.usefixtures("socket_enabled")
BOMB = gzip.compress(bytes(1 << 20))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        answers: dict[str, tuple[int, dict[str, str], bytes]] = {
            "/base/ok": (200, {}, b"hello"),
            "/base/gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"packed")),
            "/base/bomb": (200, {"Content-Encoding": "gzip"}, BOMB),
            "/base/cut-gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"packed" * 50)[:-9]),
            "/base/no-gzip": (200, {"Content-Encoding": "gzip"}, b"plain"),
            "/base/busy": (429, {"Retry-After": "12"}, b""),
            "/base/busy-date": (503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, b""),
            "/base/busy-long": (503, {"Retry-After": "999999999"}, b""),
            "/base/gone": (410, {}, b""),
            "/base/error": (500, {}, b""),
            "/base/moved": (302, {"Location": "http://192.0.2.1/"}, b""),
            "/base/big": (200, {}, bytes(2_000)),
            "/base/closed": (200, {"Connection": "close"}, b"bye"),
        }
        if self.path == "/base/slow":
            threading.Event().wait(1.5)
            return
        if self.path == "/base/lying":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"short")
            self.close_connection = True
            return
        status, headers, body = answers[self.path]
        self.server.ports.append(self.client_address[1])  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def _serving() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.ports, server.daemon_threads = [], True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    from pytest_socket import enable_socket

    enable_socket()
    with _serving() as running:
        yield running


@pytest.fixture
def client(server: Any) -> Iterator[HttpClient]:
    made = HttpClient(f"http://127.0.0.1:{server.server_address[1]}/base/", LOCAL, timeout_seconds=1.0)
    yield made
    made.close()


def test_a_connection_is_used_again(client: HttpClient, server: Any) -> None:
    server.ports.clear()
    assert client.get("/ok", 5) == b"hello"
    assert client.get("/gzip", 100) == b"packed"
    assert client.get("/closed", 100) == b"bye"
    assert client.get("/ok", 100) == b"hello"
    assert len(server.ports) == 4
    assert len(set(server.ports)) == 2


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/big", "more than 1,000 bytes"),
        ("/bomb", "more than 1,000 bytes|ended too early"),
        ("/cut-gzip", "ended too early"),
        ("/no-gzip", "not gzip"),
        ("/lying", "ended too early|IncompleteRead"),
        ("/error", "HTTP 500"),
        ("/moved", "HTTP 302"),
        ("/slow", "no answer within 1 s"),
    ],
)
def test_a_bad_answer_fails_with_its_reason(client: HttpClient, path: str, problem: str) -> None:
    with pytest.raises(RequestFailed, match=problem):
        client.get(path, 1_000)
    assert client.get("/ok", 100) == b"hello"


@pytest.mark.parametrize(("path", "seconds"), [("/busy", 12.0), ("/busy-date", 0.0), ("/busy-long", 3_600.0)])
def test_a_busy_server_says_when_to_come_back(client: HttpClient, path: str, seconds: float) -> None:
    with pytest.raises(ServerBusy) as raised:
        client.get(path, 100)
    assert raised.value.retry_after_seconds == seconds


def test_what_is_gone_is_not_found(client: HttpClient) -> None:
    with pytest.raises(NotFound):
        client.get("/gone", 100)


def test_private_addresses_are_refused_by_default(server: Any) -> None:
    refusing = HttpClient(f"http://127.0.0.1:{server.server_address[1]}", PrivateAddressPolicy(False, "a setting"))
    with pytest.raises(RequestFailed, match="a setting in fanzha.toml allows it"):
        refusing.get("/base/ok", 100)
