"""Bytes of SIP (RFC 3261 §25.1): what a token is made of, words known by name, copying without line ends."""

from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout as at

# Numbers of numpy, as in the layout.
_bytes = cast(Callable[[list[int]], tuple[int, ...]], np.array)
TAB, LF, CR, SPACE, QUOTE = _bytes([9, 10, 13, 32, 34])
PERCENT, PLUS, COMMA, SLASH, COLON, SEMICOLON = _bytes([37, 43, 44, 47, 58, 59])
LESS, EQUALS, MORE, QUESTION, AT, BACKSLASH = _bytes([60, 61, 62, 63, 64, 92])

IS_TOKEN = np.zeros(256, np.bool_)
IS_TOKEN[np.frombuffer(b"-.!%*_+`'~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8)] = True
IS_SPACE = np.zeros(256, np.bool_)
IS_SPACE[[TAB, LF, CR, SPACE]] = True  # line ends inside a value are folds: whoever reads lines has looked
LOWER = np.frombuffer(bytes(range(256)).lower(), np.uint8)
HEX_VALUE = np.full(256, -1, np.int64)
HEX_VALUE[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
HEX_VALUE[np.frombuffer(b"ABCDEF", np.uint8)] = np.arange(10, 16)
HEX_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)

_LONGEST_WORD = 24


def _table(words: tuple[bytes, ...]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Lay words out as rows of bytes, with their lengths."""
    rows = np.zeros((len(words), _LONGEST_WORD), np.uint8)
    for row, word in zip(rows, words, strict=True):
        row[: len(word)] = np.frombuffer(word, np.uint8)
    return rows, np.array([len(word) for word in words], np.int64)


_HEADERS = {
    b"via": at.VIA, b"v": at.VIA, b"from": at.FROM, b"f": at.FROM, b"to": at.TO, b"t": at.TO, b"call-id": at.CALL_ID,
    b"i": at.CALL_ID, b"cseq": at.CSEQ, b"contact": at.CONTACT, b"m": at.CONTACT, b"content-length": at.CONTENT_LENGTH,
    b"l": at.CONTENT_LENGTH, b"p-asserted-identity": at.ASSERTED, b"privacy": at.PRIVACY, b"diversion": at.DIVERSION,
    b"history-info": at.HISTORY,
}  # fmt: skip
_BY_LENGTH = sorted(_HEADERS, key=len)
HEADERS, HEADER_LENGTHS = _table(tuple(_BY_LENGTH))
HEADER_FIELDS = np.array([_HEADERS[name] for name in _BY_LENGTH], np.int64)
HEADERS_FROM = np.searchsorted(HEADER_LENGTHS, np.arange(_LONGEST_WORD + 2))  # the first row of each length

_METHODS = (
    b"INVITE", b"ACK", b"CANCEL", b"OPTIONS", b"BYE",
    b"REGISTER", b"SUBSCRIBE", b"NOTIFY", b"MESSAGE", b"UPDATE", b"INFO", b"PRACK", b"REFER", b"PUBLISH",
)  # fmt: skip
METHODS, METHOD_LENGTHS = _table(_METHODS)

_WORDS = (
    b"tag", b"branch", b"received", b"rport", b"tgrp", b"trunk-context", b"sip", b"sips", b"tel", b"urn", b"id",
    b"user", b"header", b"anonymous", b"unavailable",
)  # fmt: skip
WORDS, WORD_LENGTHS = _table(_WORDS)
(
    TAG, BRANCH, RECEIVED, RPORT, TGRP, TRUNK_CONTEXT, SIP, SIPS, TEL, URN, ID, USER, HEADER, ANONYMOUS, UNAVAILABLE,
) = at.numbers(len(_WORDS))  # fmt: skip

_LABELS = (
    b"Via: ",
    b"From: ",
    b"To: ",
    b"Call-ID: ",
    b"CSeq: ",
    b";tag=",
    b"Contact: <",
    b">",
    b";received=",
    b";rport=",
)
LABELS, LABEL_LENGTHS = _table(_LABELS)
(
    VIA_LABEL, FROM_LABEL, TO_LABEL, CALL_ID_LABEL, CSEQ_LABEL, TAG_LABEL, CONTACT_LABEL, CLOSE_LABEL, RECEIVED_LABEL,
    RPORT_LABEL,
) = at.numbers(len(_LABELS))  # fmt: skip


@compiled
def is_word(data: bytes, start: int, end: int, word: int) -> bool:
    """Whether data[start:end] is a known word, in either case."""
    if end - start != WORD_LENGTHS[word]:
        return False
    place = 0
    while start + place < end and LOWER[data[start + place]] == WORDS[word, place]:
        place += 1
    return start + place == end


@compiled
def method_of(data: bytes, start: int, end: int) -> int:
    """Return the Method of data[start:end]; methods are told apart by case (RFC 3261 §7.1)."""
    for row in range(METHOD_LENGTHS.size):
        if METHOD_LENGTHS[row] == end - start:
            place = 0
            while place < end - start and METHODS[row, place] == data[start + place]:
                place += 1
            if place == end - start:
                return min(row + 1, 6)
    return 7


@compiled
def field_of(data: bytes, start: int, end: int, asks: NDArray[np.uint8]) -> int:
    """Return which header field data[start:end] names, compact forms and the listener's own names included."""
    size = end - start
    if size <= _LONGEST_WORD:
        for row in range(HEADERS_FROM[size], HEADERS_FROM[size + 1]):
            place = 0
            while place < size and HEADERS[row, place] == LOWER[data[start + place]]:
                place += 1
            if place == size:
                return int(HEADER_FIELDS[row])
    if asks[at.TRUNK_FROM] == at.HEADER_TRUNK and _is_asked(data, start, size, asks, at.TRUNK_NAME):
        return at.TRUNK
    if _is_asked(data, start, size, asks, at.ATTESTATION_NAME):
        return at.ATTESTATION
    return at.OTHER


@compiled
def _is_asked(data: bytes, start: int, size: int, asks: NDArray[np.uint8], name: int) -> bool:
    """Whether a name is the one that the listener gave at `name`."""
    if asks[name] != size or size == 0:
        return False
    place = 0
    while place < size and LOWER[data[start + place]] == asks[name + 1 + place]:
        place += 1
    return place == size


@compiled
def skip_space(data: bytes, place: int, end: int) -> int:
    """Return the next place that is no white space."""
    while place < end and IS_SPACE[data[place]]:
        place += 1
    return place


@compiled
def skip_quoted(data: bytes, place: int, end: int) -> int:
    """Return the place after the quoted string that starts here, or -1 where it does not end."""
    place += 1
    while place < end:
        if data[place] == BACKSLASH:
            place += 1
        elif data[place] == QUOTE:
            return place + 1
        place += 1
    return -1


@compiled
def copy(data: bytes, start: int, end: int, room: NDArray[np.uint8], out: int) -> int:
    """Copy a value to room[out:], folds as spaces: no line end is ever copied. Return where it ends."""
    for place in range(start, end):
        byte = data[place]
        room[out] = SPACE if byte in (CR, LF) else byte
        out += 1
    return out


@compiled
def put(room: NDArray[np.uint8], out: int, label: int) -> int:
    """Write one of our own labels; return where it ends."""
    for place in range(LABEL_LENGTHS[label]):
        room[out] = LABELS[label, place]
        out += 1
    return out


@compiled
def end_line(room: NDArray[np.uint8], out: int) -> int:
    """Write the end of a line; return where it ends."""
    room[out], room[out + 1] = CR, LF
    return out + 2


@compiled
def put_number(room: NDArray[np.uint8], out: int, number: int) -> int:
    """Write a number from 0 to 65535 in decimal; return where it ends."""
    unit = 10_000
    while unit > 1 and number < unit:
        unit //= 10
    while unit > 0:
        room[out] = 48 + number // unit % 10
        out += 1
        unit //= 10
    return out
