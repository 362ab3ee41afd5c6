"""Send e-mails of the outbox to a mail server (RFC 5321), with TLS unless the settings say otherwise."""

import asyncio
import re
import smtplib
import ssl
from contextlib import suppress
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import formatdate
from hashlib import sha256

from fanzha.deliver.single_sender import NotTaken, RefusedForGood, SendResult, SingleSender
from fanzha.store.delivery_settings import EmailSettings, read_secret
from fanzha.store.warning_outbox import OutcomeKind, OutgoingWarning, WarningOutbox
from fanzha.warn import Gateway, WarningNotice, all_channels

_SECONDS = 20.0
_CONCURRENT = 2


class EmailSender(SingleSender):
    """Hands each message to the server with a connection of its own."""

    channel = "email"

    def __init__(self, settings: EmailSettings, outbox: WarningOutbox) -> None:
        super().__init__(outbox, _CONCURRENT)
        self._settings = settings

    async def send(self, warning: OutgoingWarning) -> SendResult:
        """Send a message; its Message-ID is the same for every try."""
        notice = WarningNotice(warning.recipient, warning.words, warning.advice)
        request = all_channels()[self.channel].build(notice, Gateway(sender=self._settings.sender))
        message_id = f"<{sha256(warning.key.encode()).hexdigest()[:32]}@{self._settings.sender.partition('@')[2]}>"
        data = _stamp(request.body, message_id)
        await asyncio.to_thread(self._submit, warning.recipient, data)
        return SendResult(OutcomeKind.SENT, {"message_ids": message_id})

    def _submit(self, recipient: str, data: bytes) -> None:
        settings = self._settings
        password = read_secret(settings.password_file) if settings.username else ""
        context = ssl.create_default_context()
        try:
            server = (
                smtplib.SMTP_SSL(settings.host, settings.port, timeout=_SECONDS, context=context)
                if settings.security == "tls"
                else smtplib.SMTP(settings.host, settings.port, timeout=_SECONDS)
            )
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(str(error)) from None
        try:
            try:
                server.ehlo_or_helo_if_needed()
                if settings.security == "starttls":
                    server.starttls(context=context)
                if settings.username:
                    server.login(settings.username, password)
                _check(server.mail(settings.sender))
                _check(server.rcpt(recipient))
            except (OSError, smtplib.SMTPException) as error:
                raise NotTaken(str(error)) from None
            try:
                _check(server.data(data))
            except smtplib.SMTPDataError as error:  # a reply before the message was sent
                _check((error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""))
        finally:
            with suppress(OSError, smtplib.SMTPException):  # what it says to QUIT changes nothing
                server.quit()
            server.close()


def _check(reply: tuple[int, bytes]) -> None:
    """Raise NotTaken for a transient reply, RefusedForGood for a permanent one (RFC 5321 §4.2.1).

    The reason holds codes only (RFC 3463): servers repeat the address, and the reason stays in the evidence.
    """
    code, text = reply
    if 200 <= code < 400:
        return
    codes = dict.fromkeys(re.findall(r"^[245]\.\d{1,3}\.\d{1,3}\b", text.decode("ascii", "replace"), re.MULTILINE))
    words = " ".join(["the mail server answered", str(code), *codes])
    raise NotTaken(words) if 400 <= code < 500 else RefusedForGood(words)


def _stamp(body: bytes, message_id: str) -> bytes:
    message = BytesParser(policy=SMTP).parsebytes(body)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = message_id
    return message.as_bytes()
