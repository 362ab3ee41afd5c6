"""Bytes of SIP (RFC 3261 §25.1): character classes, known words, copying without line ends."""

from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout

# NumPy integers, as in the layout.
_bytes = cast(Callable[[list[int]], tuple[int, ...]], np.array)
TAB, LF, CR, SPACE, QUOTE = _bytes([9, 10, 13, 32, 34])
PERCENT, PLUS, COMMA, DOT, SLASH, COLON, SEMICOLON = _bytes([37, 43, 44, 46, 47, 58, 59])
LESS, EQUALS, MORE, QUESTION, AT, BACKSLASH = _bytes([60, 61, 62, 63, 64, 92])

IS_TOKEN = np.zeros(256, np.bool_)
IS_TOKEN[np.frombuffer(b"-.!%*_+`'~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8)] = True
IS_SPACE = np.zeros(256, np.bool_)
IS_SPACE[[TAB, LF, CR, SPACE]] = True  # line ends inside a value are folds, already checked
LOWER = np.frombuffer(bytes(range(256)).lower(), np.uint8)
HEX_VALUE = np.full(256, -1, np.int64)
HEX_VALUE[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
HEX_VALUE[np.frombuffer(b"ABCDEF", np.uint8)] = np.arange(10, 16)
HEX_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)

_LONGEST_WORD = 24


def _table(words: tuple[bytes, ...]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return words as rows of bytes, and their lengths."""
    rows = np.zeros((len(words), _LONGEST_WORD), np.uint8)
    for row, word in zip(rows, words, strict=True):
        row[: len(word)] = np.frombuffer(word, np.uint8)
    return rows, np.array([len(word) for word in words], np.int64)


_HEADERS = {
    b"via": layout.VIA,
    b"v": layout.VIA,
    b"from": layout.FROM,
    b"f": layout.FROM,
    b"to": layout.TO,
    b"t": layout.TO,
    b"call-id": layout.CALL_ID,
    b"i": layout.CALL_ID,
    b"cseq": layout.CSEQ,
    b"contact": layout.CONTACT,
    b"m": layout.CONTACT,
    b"content-length": layout.CONTENT_LENGTH,
    b"l": layout.CONTENT_LENGTH,
    b"p-asserted-identity": layout.ASSERTED,
    b"privacy": layout.PRIVACY,
    b"diversion": layout.DIVERSION,
    b"history-info": layout.HISTORY,
    b"remote-party-id": layout.REMOTE_PARTY,
    b"content-type": layout.CONTENT_TYPE,
    b"c": layout.CONTENT_TYPE,
    b"identity": layout.SIGNATURE,
    b"y": layout.SIGNATURE,
}
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
    b"user", b"header", b"anonymous", b"unavailable", b"phone-context", b"application/isup",
)  # fmt: skip
WORDS, WORD_LENGTHS = _table(_WORDS)
(
    TAG, BRANCH, RECEIVED, RPORT, TGRP, TRUNK_CONTEXT, SIP, SIPS, TEL, URN, ID, USER, HEADER, ANONYMOUS, UNAVAILABLE,
    PHONE_CONTEXT, ISUP_TYPE,
) = layout.numbers(len(_WORDS))  # fmt: skip

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
    b";phone-context=",
)
LABELS, LABEL_LENGTHS = _table(_LABELS)
(
    VIA_LABEL, FROM_LABEL, TO_LABEL, CALL_ID_LABEL, CSEQ_LABEL, TAG_LABEL, CONTACT_LABEL, CLOSE_LABEL, RECEIVED_LABEL,
    RPORT_LABEL, PHONE_CONTEXT_LABEL,
) = layout.numbers(len(_LABELS))  # fmt: skip


@compiled
def is_word(data: bytes, start: int, end: int, word: int) -> bool:
    """Return whether data[start:end] is a known word, ignoring case."""
    if end - start != WORD_LENGTHS[word]:
        return False
    position = 0
    while start + position < end and LOWER[data[start + position]] == WORDS[word, position]:
        position += 1
    return start + position == end


@compiled
def find_method(data: bytes, start: int, end: int) -> int:
    """Return the method in data[start:end]; methods are case-sensitive (RFC 3261 §7.1)."""
    for row in range(METHOD_LENGTHS.size):
        if METHOD_LENGTHS[row] == end - start:
            position = 0
            while position < end - start and METHODS[row, position] == data[start + position]:
                position += 1
            if position == end - start:
                return min(row + 1, 6)
    return 7


@compiled
def find_field(data: bytes, start: int, end: int, config: NDArray[np.uint8]) -> int:
    """Return the header field named by data[start:end], including compact forms and configured names."""
    size = end - start
    if size <= _LONGEST_WORD:
        for row in range(HEADERS_FROM[size], HEADERS_FROM[size + 1]):
            position = 0
            while position < size and HEADERS[row, position] == LOWER[data[start + position]]:
                position += 1
            if position == size:
                return int(HEADER_FIELDS[row])
    if config[layout.TRUNK_FROM] == layout.HEADER_TRUNK and _is_configured(
        data, start, size, config, layout.TRUNK_NAME
    ):
        return layout.TRUNK
    if _is_configured(data, start, size, config, layout.ATTESTATION_NAME):
        return layout.ATTESTATION
    return layout.OTHER


@compiled
def _is_configured(data: bytes, start: int, size: int, config: NDArray[np.uint8], name: int) -> bool:
    """Return whether a name equals the configured one at `name`."""
    if config[name] != size or size == 0:
        return False
    position = 0
    while position < size and LOWER[data[start + position]] == config[name + 1 + position]:
        position += 1
    return position == size


@compiled
def skip_space(data: bytes, position: int, end: int) -> int:
    """Return the next position that is not white space."""
    while position < end and IS_SPACE[data[position]]:
        position += 1
    return position


@compiled
def skip_quoted(data: bytes, position: int, end: int) -> int:
    """Return the position after the quoted string that starts here, -1 if it does not end."""
    position += 1
    while position < end:
        if data[position] == BACKSLASH:
            position += 1
        elif data[position] == QUOTE:
            return position + 1
        position += 1
    return -1


@compiled
def copy_value(data: bytes, start: int, end: int, buffer: NDArray[np.uint8], out: int) -> int:
    """Copy a value to buffer[out:] with folds as spaces, never a line end; return its end."""
    for position in range(start, end):
        byte = data[position]
        buffer[out] = SPACE if byte in (CR, LF) else byte
        out += 1
    return out


@compiled
def write_label(buffer: NDArray[np.uint8], out: int, label: int) -> int:
    """Write one of the fixed labels; return its end."""
    for position in range(LABEL_LENGTHS[label]):
        buffer[out] = LABELS[label, position]
        out += 1
    return out


@compiled
def end_line(buffer: NDArray[np.uint8], out: int) -> int:
    """Write a line end; return its end."""
    buffer[out], buffer[out + 1] = CR, LF
    return out + 2


@compiled
def write_number(buffer: NDArray[np.uint8], out: int, number: int) -> int:
    """Write a number from 0 to 65535 in decimal; return its end."""
    unit = 10_000
    while unit > 1 and number < unit:
        unit //= 10
    while unit > 0:
        buffer[out] = 48 + number // unit % 10
        out += 1
        unit //= 10
    return out
