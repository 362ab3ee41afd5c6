"""E-mails reach a mail server once, with the same Message-ID on every try; what it answers decides."""

import asyncio
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy

import pytest
from tests.deliver.queued import kinds, queue, running
from tests.deliver.smsc import wait_for

from fanzha.deliver.email_sender import EmailSender
from fanzha.store.delivery_settings import EmailSettings
from fanzha.store.warning_outbox import OutcomeKind, WarningOutbox


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail without TLS and answers RCPT with `replies` in turn, then with 250."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.messages: list[bytes] = []
        self.replies: list[bytes] = []
        self.drops_data = False
        self.farewell = b"221 bye\r\n"


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example\r\n")
        while line := self.rfile.readline():
            match line.split()[0].upper():
                case b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    data = b"".join(iter(self.rfile.readline, b".\r\n"))
                    if self.server.drops_data:
                        return
                    self.server.messages.append(data)
                    self.wfile.write(b"250 taken\r\n")
                case b"RCPT" if self.server.replies:
                    self.wfile.write(self.server.replies.pop(0))
                case b"QUIT":
                    self.wfile.write(self.server.farewell)
                    return
                case _:
                    self.wfile.write(b"250 ok\r\n")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=lambda: server.serve_forever(0.01))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def send(outbox: WarningOutbox, server: MailServer) -> list[OutcomeKind]:
    """Send one e-mail and return the outcomes."""
    queue(outbox, "email", to="victim@mail.example")
    port = server.server_address[1]
    settings = EmailSettings(host="127.0.0.1", port=port, sender="warn@bureau.example", security="none")

    async def scenario() -> None:
        async with running(EmailSender(settings, outbox).run()):
            await wait_for(lambda: kinds(outbox))

    asyncio.run(scenario())
    return kinds(outbox)


def test_a_message_is_handed_over(outbox: WarningOutbox) -> None:
    with mail_server() as server:
        assert send(outbox, server) == [OutcomeKind.SENT]
    (data,) = server.messages
    message = message_from_bytes(data, policy=policy.default)
    assert (message["From"], message["To"]) == ("warn@bureau.example", "victim@mail.example")
    assert message["Message-ID"] == outbox.outcomes()[0].details["message_ids"] and message["Date"]
    body = message.get_body()
    assert body is not None and body.get_content().strip() == "请勿转账"


def test_a_transient_reply_is_tried_again_and_a_permanent_one_ends_it(
    outbox: WarningOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fanzha.deliver.single_sender.RETRY_SECONDS", (0,))
    with mail_server() as server:
        server.replies = [b"451 later\r\n", b"550 5.1.1 <victim@mail.example>: no such user\r\n"]
        assert send(outbox, server) == [OutcomeKind.FAILED]
        assert not server.messages and not server.replies
    problem = outbox.outcomes()[0].details["problem"]
    assert "550 5.1.1" in problem and "victim" not in problem, "the address came back into the evidence"


def test_a_server_that_is_silent_after_the_message_leaves_it_unknown(outbox: WarningOutbox) -> None:
    with mail_server() as server:
        server.drops_data = True
        assert send(outbox, server) == [OutcomeKind.UNKNOWN]


def test_a_message_that_was_taken_is_sent_whatever_the_server_says_at_the_end(outbox: WarningOutbox) -> None:
    with mail_server() as server:
        server.farewell = b"500 what\r\n"
        assert send(outbox, server) == [OutcomeKind.SENT]
