"""Parse copied SIP messages (RFC 3261); they are untrusted and come from either side of a proxy."""

import hashlib
import re
from typing import NamedTuple

from fanzha.screen.sip.message import LONGEST_NAME

LONGEST_HEAD = 16_384  # maximum bytes of header fields
_RELEVANT = re.compile(rb"(?:INVITE|CANCEL|BYE) [^ ]+ SIP/2\.0\r?\n|SIP/2\.0 ([2-6][0-9][0-9])[ \r\n]")
CALL_ID, CSEQ, FROM, TO, VIA, REASON = range(6)
_NAMES = {
    **{b"call-id": CALL_ID, b"i": CALL_ID, b"cseq": CSEQ, b"from": FROM, b"f": FROM},
    **{b"to": TO, b"t": TO, b"via": VIA, b"v": VIA, b"reason": REASON},
}
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_TAG = re.compile(rb";\s*tag\s*=\s*([^\s;,>]+)", re.IGNORECASE)
_BRANCH = re.compile(rb";\s*branch\s*=\s*([^\s;,]+)", re.IGNORECASE)
_CSEQ = re.compile(rb"\s*([0-9]{1,10})\s+([A-Z]+)\s*")
_CAUSE = re.compile(rb"Q\.850\s*;(?:[^,]*;)?\s*cause\s*=\s*\"?([0-9]{1,3})", re.IGNORECASE)


class SipCopy(NamedTuple):
    """One message. Tags and branch are raw bytes, b"" where there is none."""

    method: bytes  # of the request, or of the request that a response answers
    status: int  # 0 for a request
    call_id: str
    cseq: int
    from_tag: bytes
    to_tag: bytes
    branch: bytes  # of the topmost Via
    vias: int
    cause: int | None  # ITU-T Q.850, of a Reason header field (RFC 3326)


def parse_sip_copy(message: bytes) -> SipCopy | None:
    """Return the relevant fields; None for invalid messages and those that begin, answer or end no call."""
    first = _RELEVANT.match(message)
    if first is None:
        return None
    head = message[:LONGEST_HEAD].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    if b"\n " in head or b"\n\t" in head:
        head = _FOLDED.sub(b" ", head)
    values: list[bytes] = [b""] * 6
    vias = 0
    for line in head.split(b"\n")[1:]:
        name, _, value = line.partition(b":")
        field = _NAMES.get(name.strip().lower())
        if field is None:
            continue
        if field == VIA:
            vias += value.count(b",") + 1
        if not values[field]:
            values[field] = value
    cseq = _CSEQ.fullmatch(values[CSEQ])
    call_id, from_tag = values[CALL_ID].strip(), _find_tag(values[FROM])
    if cseq is None or not call_id or not from_tag:
        return None
    status = int(first[1]) if first[1] else 0
    return SipCopy(
        cseq[2],
        status,
        shorten_call_id(call_id).decode("utf-8", "replace"),
        int(cseq[1]),
        from_tag,
        _find_tag(values[TO]),
        _search(_BRANCH, values[VIA].partition(b",")[0]),
        vias,
        int(cause[1]) if (cause := _CAUSE.search(values[REASON])) and int(cause[1]) < 128 else None,
    )


def shorten_call_id(name: bytes) -> bytes:
    """Return a Call-ID as the redirect server logs it: a long one as a digest."""
    if len(name) <= LONGEST_NAME:
        return name
    return b"blake2b:" + hashlib.blake2b(name, digest_size=20).hexdigest().encode()


def _find_tag(address: bytes) -> bytes:
    """Return the tag parameter of an address; ignore one inside the URI."""
    return _search(_TAG, address.rpartition(b">")[2])


def _search(pattern: re.Pattern[bytes], value: bytes) -> bytes:
    match = pattern.search(value)
    return match[1] if match else b""
