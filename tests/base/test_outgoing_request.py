"""Nobody can make this site ask systems within networks, and no receiver holds it longer than the whole time."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.screen.http.certificates import write_certificate

from fanzha.base import outgoing_request
from fanzha.base.outgoing_request import (
    AddressRefused,
    PrivateAddressPolicy,
    RequestFailed,
    ResponseTooLarge,
    get,
    post,
    resolve,
)

WITHIN = ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fd00::1"]
SHUT, OPEN = PrivateAddressPolicy(False, "[x] y"), PrivateAddressPolicy(True, "[x] y")


@contextmanager
def dripping(piece: bytes) -> Iterator[int]:
    """A receiver that answers with a byte now and then for a minute, or as long as one listens; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            taken, _ = server.accept()
            with taken:
                try:
                    taken.recv(9_999)
                    for _ in range(600):
                        taken.send(piece)
                        time.sleep(0.1)
                except OSError:
                    return

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
    thread.join()


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(("scheme", "piece"), [("http", b"H"), ("https", b"\x16")])
def test_a_receiver_that_answers_byte_by_byte_is_left_when_the_time_is_over(
    monkeypatch: pytest.MonkeyPatch, scheme: str, piece: bytes
) -> None:
    monkeypatch.setattr(outgoing_request, "TIMEOUT_SECONDS", 0.5)
    began = time.monotonic()
    with dripping(piece) as port, pytest.raises(RequestFailed):
        post(f"{scheme}://127.0.0.1:{port}/", {}, b"x", OPEN)
    assert time.monotonic() - began < 30, "it was read to its end"


@pytest.mark.usefixtures("socket_enabled")
def test_a_receiver_that_does_not_read_is_left_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing_request, "TIMEOUT_SECONDS", 0.5)
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(RequestFailed, match="no answer within"):
            post(url, {}, b"x" * 50_000_000, OPEN)
    assert time.monotonic() - began < 5


def test_a_resolver_that_hangs_is_left_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(outgoing_request, "TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer.wait(30))
    began = time.monotonic()
    with pytest.raises(RequestFailed, match="no answer within"):
        post("https://a.example/", {}, b"x", SHUT)
    assert time.monotonic() - began < 5
    answer.set()


def test_resolvers_that_hang_do_not_grow_without_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, started = threading.Event(), list[int]()

    def hang(*_: Any, **__: Any) -> list[Any]:
        started.append(1)
        answer.wait(30)
        return []

    monkeypatch.setattr(outgoing_request, "TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr(outgoing_request, "_resolvers", threading.BoundedSemaphore(1))
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    for _ in range(3):
        with pytest.raises(RequestFailed, match="no answer within"):
            post("https://a.example/", {}, b"x", SHUT)
    answer.set()
    assert len(started) == 1


@pytest.mark.usefixtures("socket_enabled")
def test_an_address_of_this_machine_itself_is_within_wherever_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing_request, "is_public_address", lambda _: True)
    with pytest.raises(RequestFailed, match="within a network"):
        resolve("127.0.0.1", 443, SHUT, time.monotonic() + 10)


@pytest.mark.parametrize("address", [*WITHIN, "::ffff:10.0.0.1", "64:ff9b::a00:1", "fec0::1"])
def test_a_name_that_leads_within_is_not_asked(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Also when only one of its addresses does."""

    def found(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("203.0.114.9", address)]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(RequestFailed, match="within a network"):
        resolve("a.example", 443, SHUT, time.monotonic() + 10)


@pytest.mark.usefixtures("socket_enabled")
def test_the_address_that_was_looked_at_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("8.8.4.4", 443))])
    assert resolve("a.example", 443, SHUT, time.monotonic() + 10) == "8.8.4.4"


def test_a_name_that_nobody_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(RequestFailed, match="not found"):
        resolve("a.example", 443, SHUT, time.monotonic() + 10)


@contextmanager
def answering(response: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A server that answers one request; yields its port and what it received."""
    received = list[bytes]()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            taken, _ = server.accept()
            with taken:
                received.append(taken.recv(9_999))
                taken.sendall(response)

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1], received
    thread.join()


@pytest.mark.usefixtures("socket_enabled")
def test_a_get_returns_body_and_header_fields() -> None:
    response = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\nbody"
    with answering(response) as (port, received):
        body, headers = get(f"http://127.0.0.1:{port}/a/b?c=d", OPEN)
    assert (body, headers["cache-control"]) == (b"body", "max-age=60")
    assert received[0].startswith(b"GET /a/b?c=d HTTP/1.1\r\n")


@pytest.mark.usefixtures("socket_enabled")
def test_a_get_follows_no_redirect() -> None:
    response = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with answering(response) as (port, _), pytest.raises(RequestFailed, match="HTTP 302"):
        get(f"http://127.0.0.1:{port}/", OPEN)


@pytest.mark.usefixtures("socket_enabled")
def test_a_longer_body_than_accepted_is_an_error() -> None:
    response = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world"
    with answering(response) as (port, _), pytest.raises(ResponseTooLarge):
        get(f"http://127.0.0.1:{port}/", OPEN, 10)


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]", "10.0.0.1", "[::ffff:192.168.0.1]", "169.254.169.254"])
def test_a_get_to_a_private_address_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        get(f"https://{address}/", SHUT)


class _Greeter(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def https_server(folder: Path) -> Iterator[tuple[int, Path]]:
    """A server with a certificate of its own for 127.0.0.1; yields its port and the certificate."""
    certificate, key = write_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with HTTPServer(("127.0.0.1", 0), _Greeter) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port, certificate
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.usefixtures("socket_enabled")
def test_only_a_server_with_a_trusted_certificate_for_its_name_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with https_server(tmp_path) as (port, certificate):
        with pytest.raises(RequestFailed, match="CERTIFICATE_VERIFY_FAILED"):
            get(f"https://127.0.0.1:{port}/", OPEN)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert get(f"https://127.0.0.1:{port}/", OPEN)[0] == b"hello"
        with pytest.raises(RequestFailed, match="CERTIFICATE_VERIFY_FAILED"):
            get(f"https://localhost:{port}/", OPEN)


@pytest.mark.usefixtures("socket_enabled")
def test_no_connection_stays_open_while_the_error_of_its_answer_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    used, connect = list[socket.socket](), outgoing_request.connect

    def connect_and_keep(*args: Any) -> socket.socket:
        used.append(connect(*args))
        return used[0]

    monkeypatch.setattr(outgoing_request, "connect", connect_and_keep)
    response = b"HTTP/1.0 503 Service Unavailable\r\nContent-Length: 99999\r\n\r\na part of the body"
    with answering(response) as (port, _), pytest.raises(RequestFailed) as kept:
        post(f"http://127.0.0.1:{port}/", {}, b"", OPEN)
    assert used[0].fileno() == -1, kept
