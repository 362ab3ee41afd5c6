"""A fetch without a browser follows redirects one by one, and ends at its limits."""

import gzip
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from fanzha.base.outgoing_request import PrivateAddressPolicy
from fanzha.collect.pages.address_book import AddressBook
from fanzha.collect.pages.http_fetch import FetchLimits, HttpFetch, fetch_url

LIMITS = FetchLimits(5.0, 100_000)


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/hop"):
            self._answer(302, b"", {"Location": "/end" if self.path == "/hop" else "/hop-again"})
        elif self.path == "/out":
            self._answer(302, b"", {"Location": "file:///etc/passwd"})
        elif self.path == "/broken":
            self._answer(302, b"", {"Location": "http://[x"})
        elif self.path == "/no-gzip":
            self._answer(200, b"<p>plain text</p>", {"Content-Encoding": "gzip"})
        elif self.path == "/drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            try:
                while not self.server.released.wait(0.05):  # type: ignore[attr-defined]
                    self.wfile.write(b"x")
            except OSError:
                pass
        elif self.path == "/bomb":
            self._answer(200, gzip.compress(bytes(20_000_000)), {"Content-Encoding": "gzip"})
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65_536)
            except OSError:
                pass
        elif self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"first")
            self.wfile.flush()
            self.server.released.wait(5)  # type: ignore[attr-defined]
        else:
            self._answer(200, str(self.headers).encode())

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    from threading import Event

    import pytest_socket

    pytest_socket.enable_socket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.released = Event()  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.released.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    pass


def fetch(path: str, port: int, limits: FetchLimits = LIMITS) -> HttpFetch:
    book = AddressBook(PrivateAddressPolicy(True, "x"), frozenset({80}), {"*": f"127.0.0.1:{port}"})
    return fetch_url(f"http://site.example{path}", book, {"User-Agent": "looker"}, limits)


def test_a_page_comes_with_status_headers_and_redirects(port: int) -> None:
    fetched = fetch("/hop", port)
    assert fetched.status == 200 and fetched.final_url == "http://site.example/end" and not fetched.problem
    assert b"Host: site.example" in fetched.body and b"looker" in fetched.body and b"Cookie" not in fetched.body
    assert [(hop.status, hop.location) for hop in fetched.redirects] == [(302, "/end")]


def test_a_loop_ends(port: int) -> None:
    assert fetch("/hop-again", port).problem == "too many redirects"


def test_a_redirect_to_a_file_is_not_followed(port: int) -> None:
    fetched = fetch("/out", port)
    assert fetched.status == 0 and "scheme" in fetched.problem and len(fetched.redirects) == 1


@pytest.mark.parametrize("path", ["/bomb", "/endless"])
def test_bombs_and_endless_streams_end_at_the_limit(path: str, port: int) -> None:
    fetched = fetch(path, port)
    assert fetched.problem == "too many bytes" and len(fetched.body) == 100_000


def test_a_slow_answer_ends_in_time(port: int) -> None:
    started = time.monotonic()
    assert fetch("/slow", port, FetchLimits(0.3, 1_000)).problem == "no answer within 0.3 s"
    assert time.monotonic() - started < 3


def test_header_fields_that_come_byte_by_byte_end_in_time(port: int) -> None:
    started = time.monotonic()
    assert fetch("/drip", port, FetchLimits(0.4, 1_000)).problem == "no answer within 0.4 s"
    assert time.monotonic() - started < 3


def test_a_body_in_another_encoding_than_it_says_is_a_problem(port: int) -> None:
    fetched = fetch("/no-gzip", port)
    assert fetched.status == 200 and fetched.problem == "the body is no gzip"


def test_a_redirect_to_a_malformed_address_is_a_problem(port: int) -> None:
    fetched = fetch("/broken", port)
    assert fetched.status == 302 and fetched.problem == "the redirect is no address" and len(fetched.redirects) == 1


def test_what_is_not_reached_is_a_problem(port: int) -> None:
    book = AddressBook(PrivateAddressPolicy(False, "x"), frozenset({80}), {})
    assert "AddressRefused" in fetch_url("http://127.0.0.1/", book).problem
