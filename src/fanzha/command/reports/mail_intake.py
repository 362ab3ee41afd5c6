"""Read reports that come as mail: abuse reports (ARF, RFC 5965), forwarded mails, and mails with a forwarded text.

The parser is Python's `email` with its oldest policy, which keeps headers as they are written: the newer one raises
errors of all sorts for wrong addresses.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from itertools import islice

from fanzha.base.words import Words
from fanzha.command.app_samples.services import FoundFile
from fanzha.command.reports.services import LONGEST_CONTACT, LONGEST_TEXT, Submission
from fanzha.kinds.website import find_links

MAX_BYTES = 8_000_000
#: Of the part that is read as text.
MAX_TEXT_BYTES = 1_000_000
#: Packages of apps that one mail may have.
MOST_PACKAGES = 5
MAX_PARTS = 50
#: Characters of a header that are read: the decoder takes quadratic time.
LONGEST_HEADER = 500
_BLOCKS = re.compile(r"<(/?)(script|style)\b", re.IGNORECASE)
_TAGS = re.compile("<[^<>]*>")
TOO_LARGE = Words("邮件超过8 MB", "the mail is larger than 8 MB")
TOO_MANY_PARTS = Words("邮件附件或分段过多", "the mail has too many parts")
NOTHING = Words("邮件没有可核查的内容", "the mail has nothing that can be checked")


class UnusableMail(ValueError):
    """Raised for a mail that is not taken; `words` says why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def read_mail(data: bytes, organization: str) -> Submission:
    """Return the report in a mail to an organisation (a ref). Raise UnusableMail.

    What is reported is the mail that is attached (the last part of an ARF report, or a forwarded mail), else the text
    of the mail itself: its first link, else its sender. The reporter is the sender of the outer mail.
    """
    if len(data) > MAX_BYTES:
        raise UnusableMail(TOO_LARGE)
    try:
        mail = BytesParser().parsebytes(data)
        parts = list(islice(mail.walk(), MAX_PARTS + 1))
    except RecursionError:  # mails in mails in mails
        raise UnusableMail(TOO_MANY_PARTS) from None
    if len(parts) > MAX_PARTS:
        raise UnusableMail(TOO_MANY_PARTS)
    reported = _reported_mail(mail)
    text = _text_of(reported or mail)
    if reported is not None:
        text = f"{_header(reported, 'Subject')}\n{text}".strip()
    links = find_links(text)
    sender = _address(reported) if reported is not None else ""
    thing = links[0].location.host if links else sender
    if not (thing or text):
        raise UnusableMail(NOTHING)
    return Submission(
        category="link" if links else "account",
        nonce=f"mail:{organization}:{hashlib.sha256(data).hexdigest()}",
        thing=thing,
        text=text[:LONGEST_TEXT],
        contact=_address(mail)[:LONGEST_CONTACT],
        channel="mail",
        attachments=_find_packages(parts),
        happened_at=_sent_at(reported),
    )


def _find_packages(parts: list[Message]) -> list[FoundFile]:
    """Return the packages of apps among the parts of a mail."""
    files = (FoundFile.from_bytes(_decoded(part), part.get_filename("") or "") for part in parts if _is_file(part))
    return list(islice((file for file in files if file.is_package), MOST_PACKAGES))


def _is_file(part: Message) -> bool:
    return not part.is_multipart() and part.get_content_maintype() not in ("text", "image", "multipart", "message")


def _reported_mail(mail: Message) -> Message | None:
    """Return the attached mail: `message/rfc822`, or its headers alone (`text/rfc822-headers`)."""
    for part in mail.walk():
        if part is mail:
            continue
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            inner = part.get_payload()
            return inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else None
        if part.get_content_type() == "text/rfc822-headers":
            return BytesParser().parsebytes(_decoded(part))
    return None


def _text_of(mail: Message) -> str:
    """Return the first plain text of a mail, else its first HTML without tags."""
    for kind in ("text/plain", "text/html"):
        part = next((part for part in mail.walk() if part.get_content_type() == kind), None)
        if part is not None:
            text = _decode_characters(_decoded(part)[:MAX_TEXT_BYTES], part.get_content_charset() or "utf-8")
            return (_strip_tags(text) if kind == "text/html" else text).replace("\0", "").strip()
    return ""


def _strip_tags(text: str) -> str:
    """Return the text of HTML, without scripts and styles, in time that is linear in its length."""
    kept, position, inside = list[str](), 0, ""
    for found in _BLOCKS.finditer(text):
        name = found[2].lower()
        if not inside and not found[1]:
            kept.append(text[position : found.start()])
            inside = name
        elif inside == name and found[1]:
            position, inside = found.start(), ""
    return _TAGS.sub(" ", "".join(kept if inside else [*kept, text[position:]]))


def _decoded(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decode_characters(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):  # an unknown character set, or none for text
        return data.decode("utf-8", "replace")


def _header(mail: Message | None, name: str) -> str:
    """Return a header in Unicode; one that cannot be decoded as it is written."""
    written = str(mail.get(name, ""))[:LONGEST_HEADER] if mail is not None else ""
    try:
        text = "".join(
            _decode_characters(part, charset or "utf-8") if isinstance(part, bytes) else part
            for part, charset in decode_header(written)
        )
    except (HeaderParseError, ValueError):
        text = written
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _sent_at(mail: Message | None) -> datetime | None:
    """Return when a mail was sent, as it says; None if it does not."""
    try:
        at = parsedate_to_datetime(_header(mail, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _address(mail: Message) -> str:
    """Return the address of the sender, "" if there is none."""
    try:
        return parseaddr(_header(mail, "From"))[1]
    except RecursionError:  # comments in comments
        return ""
