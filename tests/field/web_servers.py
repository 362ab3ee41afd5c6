"""Web servers on 127.0.0.1: sites that answer to any name, by HTTP and HTTPS, and a proxy that keeps what it passes."""

import datetime
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class AnySite(BaseHTTPRequestHandler):
    """Answers every name with a page that says it; `/to?URL` leads to another page."""

    def do_GET(self) -> None:
        """Answer."""
        url = urlsplit(self.path)
        if url.path == "/to":
            self.send_response(302)
            self.send_header("Location", parse_qs(url.query)["url"][0])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = f"<!doctype html><title>site</title><h1>site {self.headers['Host'].partition(':')[0]}</h1>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class RecordingProxy(ThreadingHTTPServer):
    """Passes GET requests to a site and keeps their first lines and headers.

    `is_down`: it closes connections without an answer. `is_slow`: it answers nothing until `released`.
    """

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target, self.is_down, self.is_slow = target, False, False
        self.released = threading.Event()
        self.requests: list[tuple[str, dict[str, str]]] = []

    @property
    def address(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Passing(BaseHTTPRequestHandler):
    server: RecordingProxy

    def do_GET(self) -> None:
        """Pass a request on."""
        if self.server.is_slow:
            self.server.released.wait(60)
        if self.server.is_down or self.server.is_slow:
            self.close_connection = True
            return
        self.server.requests.append((self.path, dict(self.headers)))
        try:
            with urllib.request.urlopen(self.server.target + self.path, timeout=30) as answer:
                status, headers, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, headers, body = error.code, error.headers, error.read()
        self.send_response(status)
        for name in ("Content-Type", "Access-Control-Allow-Origin", "Cache-Control"):
            if name in headers:
                self.send_header(name, headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve(server: ThreadingHTTPServer) -> Iterator[int]:
    """Serve while the block runs; yield the port."""
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def any_site(folder: Path | None = None) -> ThreadingHTTPServer:
    """Return a server of sites; with a folder for its certificate, by HTTPS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), AnySite)
    if folder is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_write_certificate(folder))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


def _write_certificate(folder: Path) -> Path:
    """Write a certificate that nobody trusts, with its key, as a file of the folder."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "made-up.example")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(
        now + datetime.timedelta(days=1)
    )
    certificate = builder.sign(key, hashes.SHA256())
    file = folder / "site.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    return file
