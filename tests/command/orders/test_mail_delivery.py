"""Mails of orders go to one mailbox by the server of the settings."""

import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from tests.command.people import World

from fanzha.base.errors import UsageError
from fanzha.command.orders.mail_delivery import is_mailbox, require_mail_settings, send_mail, with_sender
from fanzha.dispose import ChannelEndpoint, Dispatch

SETTINGS = '[deliver.email]\nhost = "mail.example"\nport = 25\nsender = "orders@centre.example"\nsecurity = "none"\n'


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("abuse@host.example", True),
        ("abuse@host", False),
        ("a@b.example, c@d.example", False),
        ("a@b.example\n", False),
    ],
)
def test_an_address_is_of_one_mailbox(address: str, expected: bool) -> None:
    assert is_mailbox(address) is expected


def test_a_mail_gets_its_recipient_and_date_when_it_is_sent(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    with pytest.raises(UsageError, match="deliver.email"):
        require_mail_settings()
    (own_home / "fanzha.toml").write_text(SETTINGS)
    sent: list[tuple[EmailMessage, str, list[str]]] = []

    class Server:
        def __init__(self, host: str, port: int, **options: Any) -> None:
            assert (host, port) == ("mail.example", 25)

        def quit(self) -> None:
            raise smtplib.SMTPResponseException(500, "what the server says when the mail was taken")

        def close(self) -> None:
            pass

        def send_message(self, mail: EmailMessage, sender: str, recipients: list[str]) -> None:
            sent.append((mail, sender, recipients))

    monkeypatch.setattr(smtplib, "SMTP", Server)
    destination = with_sender(ChannelEndpoint("abuse@host.example"), world["centre"], 2)
    assert destination.repeat == 2 and destination.sender == "orders@centre.example" and destination.sender_name
    send_mail(Dispatch("abuse@host.example", body=b"Subject: x\r\n\r\nbody\r\n"))
    ((mail, sender, recipients),) = sent
    assert (mail["To"], sender, recipients) == ("abuse@host.example", "orders@centre.example", ["abuse@host.example"])
    assert mail["Date"]
