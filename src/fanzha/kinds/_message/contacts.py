"""Extract contact information from a message: links, numbers, handles and signature."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.kinds.web.links import Link, find_links
from fanzha.kinds.web.urls import Location

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

#: A text without any of these has no link.
_LINK_SIGN = r"[.。．｡․]|(?i:dot)|://|：／／|点[\])}】）]"
#: Characters inserted into a handle or number to evade filters.
_BETWEEN = r"[\s*·.\-_/|❤★~^`丶灬丨" + "\u200b-\u200d\u2060\ufeff\u00ad]{0,2}"
_BEFORE_ID = r"[:：]?\s*[A-Za-z]"
_WECHAT_WORD = rf"[微薇徽威葳]{_BETWEEN}[信芯伈❤号]|[vV]{_BETWEEN}[信❤芯]|[微薇]{_BETWEEN}(?={_BEFORE_ID})"
_WECHAT = rf"(?:{_WECHAT_WORD}|[wW][eE]?[cC]hat|vx|VX|wx|WX)"
_QQ = rf"(?:[qQ]{_BETWEEN}[qQ]|[扣釦寇]{_BETWEEN}[扣釦寇]|[qQ]{_BETWEEN}[群裙羣]|[企]{_BETWEEN}[鹅])"
_OTHER = r"(?:[Tt]elegram|[Ww]hats\s?[Aa]pp|纸飞机|飞机号|钉钉号?|蝙蝠号?|LINE\s?ID|[Ss]kype)"
_ID = r"(?P<id>[A-Za-z][A-Za-z0-9_\-]{4,19}|\d{5,11}|[xX*]{4,})"
_HANDLE = re.compile(rf"(?P<by>{_WECHAT}|{_QQ}|{_OTHER})(?:[^A-Za-z0-9]{{0,6}}{_ID})?")
_MOBILE, _FIXED = r"1[3-9]\d[\s\-]?\d{4}[\s\-]?\d{4}", r"0\d{2,3}[\s\-]?\d{7,8}"
_SERVICE = r"[48]00[\s\-]?\d{3}[\s\-]?\d{4}|95\d{3,6}"
_COUNTRY = r"\+?86[\s\-]?"
_BEFORE_NUMBER = r"\dA-Za-z/.@_\-"  # signs before which no number begins
_NUMBER = re.compile(rf"(?<![{_BEFORE_NUMBER}])(?:{_COUNTRY})?(?:{_MOBILE}|{_FIXED}|{_SERVICE})(?!\d)")
_SIGNATURE = re.compile(r"^\s*[【\[]([^【】\[\]]{2,20})[】\]]|[【\[]([^【】\[\]]{2,20})[】\]]\s*$")
_APPS = (("wechat", re.compile(_WECHAT)), ("qq", re.compile(_QQ)), ("other", re.compile(_OTHER)))
_SERVICE_NUMBER = re.compile(rf"(?:{_COUNTRY})?(?:{_SERVICE})")

# the same for whole columns, by an engine without lookaround: whether a text has a number or handle at all
_BEGIN, _END = rf"(?:^|[^{_BEFORE_NUMBER}])", r"(?:[^\d]|$)"
_HAS_NUMBER = rf"{_BEGIN}(?:{_COUNTRY})?(?:{_MOBILE}|{_FIXED}){_END}"
_HAS_SERVICE_NUMBER = rf"{_BEGIN}(?:{_COUNTRY})?(?:{_SERVICE}){_END}"
_HAS_HANDLE = rf"{_WECHAT}|{_QQ}|{_OTHER}".replace(f"(?={_BEFORE_ID})", _BEFORE_ID)


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
    plain = unicodedata.normalize("NFKC", _without(links, text))
    return ContactInfo(
        links=tuple(WrittenLink(text[link.start : link.end], link.location) for link in links),
        numbers=tuple(dict.fromkeys(found[0].strip() for found in _NUMBER.finditer(plain))),
        handles=tuple(_handles(plain)),
        signature=_signature(plain),
    )


def is_service_number(number: str) -> bool:
    """Return whether a call-back number, as written, is 95xxx, 400 or 800."""
    return _SERVICE_NUMBER.match(number) is not None


class ContactColumns(NamedTuple):
    """What the messages of a column have, an entry for each message."""

    hosts: list[tuple[str, ...]]  # of the links, each once, in their order
    numbers: NDArray[np.bool_]  # a call-back number that is no service number
    service_numbers: NDArray[np.bool_]  # 95xxx, 400, 800
    handles: NDArray[np.bool_]
    signatures: list[str]


def read_contacts(texts: "pa.Array[pa.StringScalar]") -> ContactColumns:
    """Read the contacts of many messages without nulls: as `extract_contacts`, but whether there is one, not which."""
    hosts: list[tuple[str, ...]] = [()] * len(texts)
    words = [text or "" for text in texts.to_pylist()]
    for row in np.flatnonzero(pc.match_substring_regex(texts, _LINK_SIGN).to_numpy(False)).tolist():
        if links := find_links(words[row]):
            hosts[row] = tuple(dict.fromkeys(link.location.host for link in links))
            words[row] = _without(links, words[row])
    plain = pc.utf8_normalize(pa.array(words, pa.string()), "NFKC")
    signatures = [""] * len(texts)
    for row in np.flatnonzero(pc.match_substring_regex(plain, r"[】\]]").to_numpy(False)).tolist():
        signatures[row] = _signature(plain[row].as_py())
    numbers, service_numbers, handles = (
        pc.match_substring_regex(plain, sign).to_numpy(False)
        for sign in (_HAS_NUMBER, _HAS_SERVICE_NUMBER, _HAS_HANDLE)
    )
    return ContactColumns(hosts, numbers, service_numbers, handles, signatures)


def _without(links: Sequence[Link], text: str) -> str:
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


def _signature(text: str) -> str:
    found = _SIGNATURE.search(text)
    return (found[1] or found[2]).strip() if found else ""
