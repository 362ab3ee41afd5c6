"""Extract contact information from a message: links, numbers, handles and signature."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from fanzha.kinds.web.links import Link, find_links
from fanzha.kinds.web.urls import Location

#: Characters inserted into a handle or number to evade filters.
_BETWEEN = r"[\s*·.\-_/|❤★~^`丶灬丨" + "\u200b-\u200d\u2060\ufeff\u00ad]{0,2}"
BEFORE_ID = r"[:：]?\s*[A-Za-z]"
_WECHAT_WORD = rf"[微薇徽威葳]{_BETWEEN}[信芯伈❤号]|[vV]{_BETWEEN}[信❤芯]|[微薇]{_BETWEEN}(?={BEFORE_ID})"
WECHAT = rf"(?:{_WECHAT_WORD}|[wW][eE]?[cC]hat|vx|VX|wx|WX)"
QQ = rf"(?:[qQ]{_BETWEEN}[qQ]|[扣釦寇]{_BETWEEN}[扣釦寇]|[qQ]{_BETWEEN}[群裙羣]|[企]{_BETWEEN}[鹅])"
OTHER = r"(?:[Tt]elegram|[Ww]hats\s?[Aa]pp|纸飞机|飞机号|钉钉号?|蝙蝠号?|LINE\s?ID|[Ss]kype)"
_ID = r"(?P<id>[A-Za-z][A-Za-z0-9_\-]{4,19}|\d{5,11}|[xX*]{4,})"
_HANDLE = re.compile(rf"(?P<by>{WECHAT}|{QQ}|{OTHER})(?:[^A-Za-z0-9]{{0,6}}{_ID})?")
MOBILE, FIXED = r"1[3-9]\d[\s\-]?\d{4}[\s\-]?\d{4}", r"0\d{2,3}[\s\-]?\d{7,8}"
SERVICE = r"[48]00[\s\-]?\d{3}[\s\-]?\d{4}|95\d{3,6}"
COUNTRY = r"\+?86[\s\-]?"
BEFORE_NUMBER = r"\dA-Za-z/.@_\-"  # signs before which no number begins
_NUMBER = re.compile(rf"(?<![{BEFORE_NUMBER}])(?:{COUNTRY})?(?:{MOBILE}|{FIXED}|{SERVICE})(?!\d)")
_SIGNATURE = re.compile(r"^\s*[【\[]([^【】\[\]]{2,20})[】\]]|[【\[]([^【】\[\]]{2,20})[】\]]\s*$")
_APPS = (("wechat", re.compile(WECHAT)), ("qq", re.compile(QQ)), ("other", re.compile(OTHER)))
_SERVICE_NUMBER = re.compile(rf"(?:{COUNTRY})?(?:{SERVICE})")


class Handle(NamedTuple):
    """An account on another platform that the reader is asked to contact."""

    app: str  # wechat, qq or other
    id: str  # as written, "" when only the app is named
    written: str


class WrittenLink(NamedTuple):
    """A link as written in the text, and its location."""

    written: str
    location: Location


class ContactInfo(NamedTuple):
    """Contact information in a message."""

    links: tuple[WrittenLink, ...]
    numbers: tuple[str, ...]  # call-back numbers as written
    handles: tuple[Handle, ...]
    signature: str  # the sender's name in 【】, or ""


def extract_contacts(text: str) -> ContactInfo:
    """Extract the contact information of one message; never raises."""
    links = find_links(text)
    plain = unicodedata.normalize("NFKC", without_links(links, text))
    return ContactInfo(
        links=tuple(WrittenLink(text[link.start : link.end], link.location) for link in links),
        numbers=tuple(dict.fromkeys(found[0].strip() for found in _NUMBER.finditer(plain))),
        handles=tuple(_handles(plain)),
        signature=find_signature(plain),
    )


def is_service_number(number: str) -> bool:
    """Return whether a call-back number, as written, is 95xxx, 400 or 800."""
    return _SERVICE_NUMBER.match(number) is not None


def without_links(links: Sequence[Link], text: str) -> str:
    """Return a text with a blank in place of each link."""
    starts, ends = [link.start for link in links], [link.end for link in links]
    return " ".join(text[end:start] for end, start in zip([0, *ends], [*starts, len(text)], strict=True))


def _handles(text: str) -> list[Handle]:
    found: dict[tuple[str, str], Handle] = {}
    for match in _HANDLE.finditer(text):
        app = next(name for name, pattern in _APPS if pattern.match(text, match.start("by")))
        handle = Handle(app, match["id"] or "", match[0].strip())
        found.setdefault((app, handle.id), handle)
    return list(found.values())


def find_signature(text: str) -> str:
    found = _SIGNATURE.search(text)
    return (found[1] or found[2]).strip() if found else ""
