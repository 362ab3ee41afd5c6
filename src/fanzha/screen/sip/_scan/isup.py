"""Calling numbers in the ISUP body of a SIP-I call (ITU-T Q.1912.5, Q.763)."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip._scan.letters import ISUP_TYPE, LF, WORD_LENGTHS, is_word
from fanzha.screen.sip._scan.lines import set_fault

_INITIAL_ADDRESS = 1  # message type of an IAM (Q.763 Table 4)
_MESSAGE_HEAD = 6  # type, nature of connection, forward call indicators (2), calling party's category, medium
_CALLING_PARTY, _GENERIC_NUMBER, _END_OF_OPTIONAL = 0x0A, 0xC0, 0
_ADDITIONAL_CALLING_PARTY = 6  # number qualifier of a generic number (Q.763 §3.26)
_NATIONAL, _INTERNATIONAL = 3, 4  # nature of address (Q.763 §3.10)
_SHORTEST_NATIONAL = 8  # digits; fewer are a short number
_LONGEST_NUMBER, _MOST_NUMBERS = 32, 4  # bounds of what is written


@compiled
def write_isup_callers(data: bytes, body: int, buffer: NDArray[np.uint8], out: int, marks: NDArray[np.int64]) -> int:
    """Write the calling numbers of every IAM in the body, each followed by a separator; return where they end.

    They are the calling party number and an additional calling party number. A body that is no IAM adds nothing. More
    numbers than there is room for are a fault, so that none can be pushed out by others.
    """
    end, limit = marks[layout.MESSAGE_END], out + _MOST_NUMBERS * _LONGEST_NUMBER
    value = marks[layout.STARTS + layout.CONTENT_TYPE]
    length = WORD_LENGTHS[ISUP_TYPE]
    if value + length <= marks[layout.ENDS + layout.CONTENT_TYPE] and is_word(data, value, value + length, ISUP_TYPE):
        return _write_callers(data, body, end, buffer, out, limit, marks)
    start = _find_part(data, body, end)
    while start >= 0:
        out = _write_callers(data, start, end, buffer, out, limit, marks)
        start = _find_part(data, start, end)
    return out


@compiled
def _write_callers(
    data: bytes, start: int, end: int, buffer: NDArray[np.uint8], out: int, limit: int, marks: NDArray[np.int64]
) -> int:
    """Write the calling numbers of the ISUP message at data[start], nothing of a message that is no IAM."""
    if start + _MESSAGE_HEAD + 2 > end or data[start] != _INITIAL_ADDRESS:
        return out
    pointer = start + _MESSAGE_HEAD + 1  # to the optional part; the pointer before it is to the called number
    if data[pointer] == 0:
        return out
    position = pointer + int(data[pointer])
    while position + 2 <= end and data[position] != _END_OF_OPTIONAL:
        code, length = data[position], int(data[position + 1])
        value, stop = position + 2, position + 2 + length
        if stop > end:
            break
        if code == _GENERIC_NUMBER and length > 1 and data[value] == _ADDITIONAL_CALLING_PARTY:
            code, value = _CALLING_PARTY, value + 1
        if code == _CALLING_PARTY:
            if out >= limit:
                set_fault(marks, layout.TOO_MANY_IDENTITIES)
                break
            out = _write_number(data, value, stop, buffer, out)
        position = stop
    return out


@compiled
def _find_part(data: bytes, position: int, end: int) -> int:
    """Return the start of the next body part of that type, -1 without one."""
    length = WORD_LENGTHS[ISUP_TYPE]
    for begin in range(position, end - length):
        if is_word(data, begin, begin + length, ISUP_TYPE):
            return _after_empty_line(data, begin, end)
    return -1


@compiled
def _after_empty_line(data: bytes, position: int, end: int) -> int:
    """Return the position after the next empty line, -1 without one."""
    while position + 3 < end:
        if data[position] == LF and data[position + 2] == LF:
            return position + 3
        position += 1
    return -1


@compiled
def _write_number(data: bytes, start: int, end: int, buffer: NDArray[np.uint8], out: int) -> int:
    """Write a number of two octets of indicators and digits of four bits, low half first (Q.763 §3.10)."""
    if end - start < 3:
        return out
    nature, digits = data[start] & 0x7F, min(2 * (end - start - 2) - (data[start] >> 7), _LONGEST_NUMBER)
    if nature == _INTERNATIONAL:
        buffer[out] = 43
        out += 1
    elif nature == _NATIONAL and digits >= _SHORTEST_NATIONAL:
        buffer[out], buffer[out + 1], buffer[out + 2] = 43, 56, 54
        out += 3
    for index in range(digits):
        digit = data[start + 2 + index // 2] >> (4 * (index % 2)) & 15
        if digit < 10:
            buffer[out] = 48 + digit
            out += 1
    buffer[out] = layout.SEPARATOR
    return out + 1
