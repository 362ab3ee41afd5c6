"""Lines of a SIP message (RFC 3261 §7): the request line, and header fields with their folds."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip._scan.addresses import DOUBTFUL_URI, NO_URI, OTHER_URI, find_user
from fanzha.screen.sip._scan.letters import (
    COLON,
    CR,
    IS_SPACE,
    IS_TOKEN,
    LESS,
    LF,
    MORE,
    QUOTE,
    SIP,
    SLASH,
    SPACE,
    TAB,
    find_field,
    find_method,
    is_word,
)
from fanzha.screen.sip._scan.memory import eight_at

_NO_LINE, _BROKEN_LINE = -1, -2
_DELETE = 127

_ONES = np.uint64(0x0101010101010101)
_HIGHS = np.uint64(0x8080808080808080)
_RETURNS, _FEEDS = _ONES * np.uint64(CR), _ONES * np.uint64(LF)
_NONE = np.uint64(0)


@compiled
def set_fault(marks: NDArray[np.int64], fault: int) -> None:
    """Store the first fault."""
    if marks[layout.FAULT] == layout.FINE:
        marks[layout.FAULT] = fault


@compiled
def _holds_line_end(eight: np.uint64) -> bool:
    """Return whether one of eight bytes is CR or LF; subtracting 1 borrows only from a zero byte."""
    returns, feeds = eight ^ _RETURNS, eight ^ _FEEDS
    zero = ((returns - _ONES) & ~returns) | ((feeds - _ONES) & ~feeds)
    return bool(zero & _HIGHS != _NONE)


@compiled
def find_line_end(data: bytes, position: int, size: int) -> int:
    """Return the position of the line's CR; -1 if the data ends before, -2 for a lone CR or LF.

    Some parsers accept a lone CR or LF as line end and others do not, so a header field could hide behind it.
    """
    while position + 8 <= size and not _holds_line_end(eight_at(data, position)):
        position += 8
    while position < size and data[position] != CR and data[position] != LF:
        position += 1
    if position + 1 >= size:
        return _NO_LINE if position == size or data[position] == CR else _BROKEN_LINE
    return position if data[position] == CR and data[position + 1] == LF else _BROKEN_LINE


@compiled
def find_lenient_line_end(data: bytes, position: int, size: int, stream: int) -> tuple[int, int]:
    """Return the end of a line and the start of the next, ended by CRLF, CR or LF; (-1, -1) without one.

    On a stream a CR at the very end may be half of a CRLF and is not yet a line end.
    """
    while position < size and data[position] != CR and data[position] != LF:
        position += 1
    if position == size or (stream and data[position] == CR and position + 1 == size):
        return -1, -1
    paired = data[position] == CR and position + 1 < size and data[position + 1] == LF
    return position, position + 2 if paired else position + 1


@compiled
def read_lenient_method(data: bytes, start: int, end: int) -> int:
    """Return the method of a request line, or STATUS_LINE for a response."""
    position = start
    while position < end and IS_TOKEN[data[position]]:
        position += 1
    if position < end and data[position] == SLASH and is_word(data, start, position, SIP):
        return layout.STATUS_LINE
    return find_method(data, start, position)


@compiled
def read_lenient_header(data: bytes, start: int, end: int, config: NDArray[np.uint8]) -> tuple[int, int, int]:
    """Return header field and span of its value; OTHER where the line is malformed."""
    position = start
    while position < end and IS_TOKEN[data[position]]:
        position += 1
    value = position
    while value < end and IS_SPACE[data[value]]:
        value += 1
    if position == start or value == end or data[value] != COLON:
        return layout.OTHER, 0, 0
    value += 1
    while value < end and IS_SPACE[data[value]]:
        value += 1
    while end > value and IS_SPACE[data[end - 1]]:
        end -= 1
    return find_field(data, start, position, config), value, end


@compiled
def read_request_line(data: bytes, start: int, size: int, marks: NDArray[np.int64]) -> int:
    """Read a request line; return the start of the next line, or the error of `find_line_end`."""
    end = find_line_end(data, start, size)
    if end < 0:
        return end
    position = start
    while position < end and IS_TOKEN[data[position]]:
        position += 1
    if position == start + 3 and position < end and data[position] == SLASH and is_word(data, start, position, SIP):
        marks[layout.METHOD] = layout.STATUS_LINE
        return end + 2
    marks[layout.METHOD] = find_method(data, start, position)
    if position in (start, end) or data[position] != SPACE:
        set_fault(marks, layout.BAD_REQUEST_LINE)
        return end + 2
    target = position = position + 1
    while position < end and data[position] != SPACE:
        position += 1
    marks[layout.TARGET_START], marks[layout.TARGET_STOP] = target, position
    set_fault(marks, _version_fault(data, position, end))
    set_fault(marks, _target_fault(data, target, position))
    return end + 2


@compiled
def _version_fault(data: bytes, position: int, end: int) -> int:
    """Return the fault of ` SIP/2.0` between position and end."""
    if end - position < 8 or data[position + 4] != SLASH or not is_word(data, position + 1, position + 4, SIP):
        return layout.BAD_REQUEST_LINE
    for digit in range(position + 5, end):
        if IS_SPACE[data[digit]]:
            return layout.BAD_REQUEST_LINE  # trailing spaces, or spaces in the Request-URI
    two = end - position == 8 and data[position + 5] == 50 and data[position + 6] == 46 and data[position + 7] == 48
    return layout.FINE if two else layout.BAD_VERSION


@compiled
def _target_fault(data: bytes, start: int, end: int) -> int:
    """Return the fault of a Request-URI that a Contact between < and > could not carry unchanged."""
    for position in range(start, end):
        byte = data[position]
        if byte <= SPACE or byte >= _DELETE or byte in (LESS, MORE, QUOTE):
            return layout.BAD_TARGET
    kind = find_user(data, start, end)[0]
    if kind in (NO_URI, DOUBTFUL_URI):
        return layout.BAD_TARGET
    return layout.BAD_SCHEME if kind == OTHER_URI else layout.FINE


@compiled
def read_header(
    data: bytes, start: int, size: int, config: NDArray[np.uint8], marks: NDArray[np.int64]
) -> tuple[int, int, int, int]:
    """Read one header field; return the field, the span of its value, and the start of the next line.

    The last is negative as of `find_line_end`. A value is trimmed and may contain folds; the field is OTHER where its
    line is malformed, and the fault is stored.
    """
    position = start
    while position < size and IS_TOKEN[data[position]]:
        position += 1
    name_end = position
    while position < size and (data[position] == SPACE or data[position] == TAB):
        position += 1
    well_formed = name_end > start and position < size and data[position] == COLON
    value = position + 1 if well_formed else position
    end = find_line_end(data, value, size)
    while end >= 0 and end + 2 < size and (data[end + 2] == SPACE or data[end + 2] == TAB):
        end = find_line_end(data, end + 2, size)
    if end < 0:
        return layout.OTHER, 0, 0, end
    if end + 2 == size:
        return layout.OTHER, 0, 0, _NO_LINE  # more data decides whether the line is folded
    if not well_formed:
        set_fault(marks, layout.BAD_HEADER)
        return layout.OTHER, 0, 0, end + 2
    after = end + 2
    while value < end and IS_SPACE[data[value]]:
        value += 1
    while end > value and IS_SPACE[data[end - 1]]:
        end -= 1
    return find_field(data, start, name_end, config), value, end, after
