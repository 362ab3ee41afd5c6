"""A server for all sites of the zoo on one port: by the name asked for, cloaked by visitor, hostile where told."""

import gzip
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.collect.made_certificates import ca_key, make_certificate
from tests.field.zoo.sites import Page, Site

_NOT_FOUND = Page(b"not found", "text/plain", 404)


class ZooServer(ThreadingHTTPServer):
    """The server; `asked` lists host and path of each request."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, sites: Iterable[Site], address: str = "127.0.0.1") -> None:
        super().__init__((address, 0), _Handler)
        self.sites = {site.host: site for site in sites}
        self.asked: list[tuple[str, str]] = []
        self.stopped = Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: visitors of hostile pages leave in the middle."""


@contextmanager
def open_zoo(
    sites: Iterable[Site], address: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[ZooServer]:
    """Serve sites at a loopback address until the end of the block, over HTTPS with `tls`."""
    server = ZooServer(sites, address)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


def make_tls(names: Sequence[str], folder: Path) -> tuple[ssl.SSLContext, str]:
    """Return a context with a certificate for some names, made on the spot, and the SHA-256 of the certificate."""
    certificate = make_certificate(names, 1)
    key = ca_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "site.pem"
    file.write_bytes(key + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, certificate.fingerprint(SHA256()).hex()


class _Handler(BaseHTTPRequestHandler):
    server: ZooServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").partition(":")[0]
        self.server.asked.append((host, self.path))
        site = self.server.sites.get(host)
        if site is None:
            self._send(_NOT_FOUND)
        elif site.behaviour:
            getattr(self, f"_do_{site.behaviour}")()
        elif self._is_victim(site):
            self._send(site.pages.get(self.path.partition("?")[0], _NOT_FOUND))
        else:
            self._send(site.decoy)

    do_POST = do_GET

    def _is_victim(self, site: Site) -> bool:
        if site.cloak == "phone":
            return "Mobile" in self.headers.get("User-Agent", "")
        if site.cloak == "referrer":
            referrer = self.headers.get("Referer", "")
            return bool(referrer) or self.path.partition("?")[0] not in ("/", "/verify/")
        return True

    def _send(self, page: Page) -> None:
        self.send_response(page.status)
        self.send_header("Content-Type", page.type)
        if page.location:
            self.send_header("Location", page.location)
        if page.disposition:
            self.send_header("Content-Disposition", page.disposition)
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        self.wfile.write(page.body)

    def _start(self, *headers: tuple[str, str]) -> None:
        self.send_response(200)
        for name, value in (("Content-Type", "text/html"), ("Connection", "close"), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True

    def _do_endless(self) -> None:
        self._start()
        while not self.server.stopped.is_set():
            self.wfile.write(b"<p>more</p>" * 6_000)

    def _do_bomb(self) -> None:
        self._start(("Content-Encoding", "gzip"))
        part = gzip.compress(bytes(50_000_000))
        for _ in range(20):
            self.wfile.write(part)

    def _do_loop(self) -> None:
        number = int(self.path.strip("/") or 0) + 1
        self._send(Page(b"", status=302, location=f"/{number}"))

    def _do_slow(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.server.stopped.wait(0.2):
            self.wfile.write(b"X-More: 1\r\n")

    def _do_refresh(self) -> None:
        self._send(
            Page(b'<meta http-equiv="refresh" content="0;url=/?x"><script>location.href="/?"+Math.random()</script>')
        )

    def log_message(self, *_: object) -> None:
        """Print nothing."""
