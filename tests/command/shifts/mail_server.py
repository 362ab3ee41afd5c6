"""A small SMTP server (RFC 5321) on this machine, which keeps what it receives or refuses it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """The server; `mails` are the messages received."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, refuses: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[EmailMessage] = []
        self.refuses = refuses


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        """Answer one client."""
        self._say("220 localhost")
        while line := self.rfile.readline().decode().strip():
            match line.split()[0].upper():
                case "EHLO" | "HELO":
                    self._say("250 localhost")
                case "DATA":
                    self._take_data()
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 OK")

    def _take_data(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()).rstrip() != b".":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.server.refuses:
            self._say("451 not now")
            return
        self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self._say("250 OK")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server(refuses: bool = False) -> Iterator[MailServer]:
    """Run a server on a free port of this machine."""
    with MailServer(refuses) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(5)
