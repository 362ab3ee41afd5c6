"""A scanner that speaks clamd's protocol on a socket of its own and knows one sort of malware."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: What it takes for malware.
BAD = b"made-up malware"


class _Server(socketserver.ThreadingUnixStreamServer):
    """Keeps what it was sent, and answers what it was told to."""

    daemon_threads = True
    received: bytes = b""
    answer: bytes = b""


class _Asked(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        assert self.rfile.read(10) == b"zINSTREAM\0"
        sent = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            sent += self.rfile.read(size)
        self.server.received = sent
        found = b"stream: Made.Up-1 FOUND\0" if BAD in sent else b"stream: OK\0"
        self.wfile.write(self.server.answer or found)


@contextmanager
def clamd(path: Path, answer: bytes = b"") -> Iterator[_Server]:
    """Run one at a socket; with `answer` it says that, whatever it is sent."""
    with _Server(str(path), _Asked) as server:
        server.answer = answer
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
