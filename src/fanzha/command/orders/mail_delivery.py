"""Send mails of orders to the mail server of `[deliver.email]`; a mail has the same Message-ID for every attempt."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import replace
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import formatdate
from typing import TYPE_CHECKING

from fanzha.base.errors import UsageError
from fanzha.dispose import ChannelEndpoint, Dispatch
from fanzha.store.delivery_settings import EmailSettings, load_delivery_settings, read_secret
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_SECONDS = 20.0
_MAILBOX = re.compile(r"[!#-'*+\-/-9=?A-Z^-~.]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


def is_mailbox(address: str) -> bool:
    """Return whether a text is the address of one mailbox."""
    return bool(_MAILBOX.fullmatch(address))


def require_mail_settings() -> EmailSettings:
    """Return the settings of the mail server. Raise UsageError if there are none."""
    settings = load_delivery_settings().email
    if settings is None:
        raise UsageError(
            f"{state_folder() / 'fanzha.toml'} has no table [deliver.email]",
            fix="docs/how-to/send-warnings.md shows it",
        )
    return settings


def with_sender(endpoint: ChannelEndpoint, issuer: Organization, repeat: int = 0) -> ChannelEndpoint:
    """Return an endpoint with the address that mails come from, the issuer, and the count of earlier mails."""
    sender, name = require_mail_settings().sender, issuer.name_en or issuer.name_zh
    return replace(endpoint, sender=sender, sender_name=name, repeat=repeat)


def send_mail(dispatch: Dispatch) -> None:
    """Send a mail to the mailbox of its endpoint. Raise OSError or SMTPException if the server does not take it."""
    settings = require_mail_settings()
    mail = BytesParser(policy=SMTP).parsebytes(dispatch.body)
    mail["To"] = dispatch.url
    mail["Date"] = formatdate(localtime=False)
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if settings.security == "tls":
        server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=_SECONDS)
    try:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.username:
            server.login(settings.username, read_secret(settings.password_file))
        server.send_message(mail, settings.sender, [dispatch.url])
    finally:
        with suppress(OSError, smtplib.SMTPException):  # the mail was taken already
            server.quit()
        server.close()
