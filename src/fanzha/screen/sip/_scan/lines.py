"""Lines of a SIP message (RFC 3261 §7): the request line, and header fields with their folds."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip._scan.addresses import DOUBTFUL_URI, NO_URI, OTHER_URI, user_of
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
    field_of,
    is_word,
    method_of,
)
from fanzha.screen.sip._scan.memory import eight_at

_NO_LINE, _BROKEN_LINE = -1, -2
_DELETE = 127

_ONES = np.uint64(0x0101010101010101)
_HIGHS = np.uint64(0x8080808080808080)
_RETURNS, _FEEDS = _ONES * np.uint64(CR), _ONES * np.uint64(LF)
_NONE = np.uint64(0)


@compiled
def blame(marks: NDArray[np.int64], fault: int) -> None:
    """Keep the first fault."""
    if marks[at.FAULT] == at.FINE:
        marks[at.FAULT] = fault


@compiled
def _holds_line_end(eight: np.uint64) -> bool:
    """Whether one of eight bytes is CR or LF: taking 1 from a byte of 0 borrows, from no lower one."""
    returns, feeds = eight ^ _RETURNS, eight ^ _FEEDS
    zero = ((returns - _ONES) & ~returns) | ((feeds - _ONES) & ~feeds)
    return bool(zero & _HIGHS != _NONE)


@compiled
def line_end(data: bytes, place: int, size: int) -> int:
    """Return where the CR of the line's end stands; -1: the data ends before, -2: a CR or LF stands alone.

    A lone one would be the end of a line for some parsers and none for others: a header field could hide behind it.
    """
    while place + 8 <= size and not _holds_line_end(eight_at(data, place)):
        place += 8
    while place < size and data[place] != CR and data[place] != LF:
        place += 1
    if place + 1 >= size:
        return _NO_LINE if place == size or data[place] == CR else _BROKEN_LINE
    return place if data[place] == CR and data[place + 1] == LF else _BROKEN_LINE


@compiled
def lenient_line_end(data: bytes, place: int, size: int, stream: int) -> tuple[int, int]:
    """Return where a line ends and where the next one begins, with CRLF, CR or LF as its end; (-1, -1): it has none.

    On a stream a CR at the very end may be half of a CRLF and is not yet a line end.
    """
    while place < size and data[place] != CR and data[place] != LF:
        place += 1
    if place == size or (stream and data[place] == CR and place + 1 == size):
        return -1, -1
    paired = data[place] == CR and place + 1 < size and data[place + 1] == LF
    return place, place + 2 if paired else place + 1


@compiled
def lenient_method(data: bytes, start: int, end: int) -> int:
    """Return the method of a request line, or STATUS_LINE for that of a response."""
    place = start
    while place < end and IS_TOKEN[data[place]]:
        place += 1
    if place < end and data[place] == SLASH and is_word(data, start, place, SIP):
        return at.STATUS_LINE
    return method_of(data, start, place)


@compiled
def lenient_header(data: bytes, start: int, end: int, asks: NDArray[np.uint8]) -> tuple[int, int, int]:
    """Return what a header field is and the span of its value; OTHER where the line is malformed."""
    place = start
    while place < end and IS_TOKEN[data[place]]:
        place += 1
    value = place
    while value < end and IS_SPACE[data[value]]:
        value += 1
    if place == start or value == end or data[value] != COLON:
        return at.OTHER, 0, 0
    value += 1
    while value < end and IS_SPACE[data[value]]:
        value += 1
    while end > value and IS_SPACE[data[end - 1]]:
        end -= 1
    return field_of(data, start, place, asks), value, end


@compiled
def first_line(data: bytes, start: int, size: int, marks: NDArray[np.int64]) -> int:
    """Read a request line; return where the next line begins, or what `line_end` says is wrong."""
    end = line_end(data, start, size)
    if end < 0:
        return end
    place = start
    while place < end and IS_TOKEN[data[place]]:
        place += 1
    if place == start + 3 and place < end and data[place] == SLASH and is_word(data, start, place, SIP):
        marks[at.METHOD] = at.STATUS_LINE
        return end + 2
    marks[at.METHOD] = method_of(data, start, place)
    if place in (start, end) or data[place] != SPACE:
        blame(marks, at.BAD_REQUEST_LINE)
        return end + 2
    target = place = place + 1
    while place < end and data[place] != SPACE:
        place += 1
    marks[at.TARGET_START], marks[at.TARGET_STOP] = target, place
    blame(marks, _version_fault(data, place, end))
    blame(marks, _target_fault(data, target, place))
    return end + 2


@compiled
def _version_fault(data: bytes, place: int, end: int) -> int:
    """Return what is wrong with ` SIP/2.0` between place and end."""
    if end - place < 8 or data[place + 4] != SLASH or not is_word(data, place + 1, place + 4, SIP):
        return at.BAD_REQUEST_LINE
    for digit in range(place + 5, end):
        if IS_SPACE[data[digit]]:
            return at.BAD_REQUEST_LINE  # spaces after it, or within the Request-URI
    two = end - place == 8 and data[place + 5] == 50 and data[place + 6] == 46 and data[place + 7] == 48
    return at.FINE if two else at.BAD_VERSION


@compiled
def _target_fault(data: bytes, start: int, end: int) -> int:
    """Return what is wrong with a Request-URI: what a Contact between < and > could not carry unchanged."""
    for place in range(start, end):
        byte = data[place]
        if byte <= SPACE or byte >= _DELETE or byte in (LESS, MORE, QUOTE):
            return at.BAD_TARGET
    kind = user_of(data, start, end)[0]
    if kind in (NO_URI, DOUBTFUL_URI):
        return at.BAD_TARGET
    return at.BAD_SCHEME if kind == OTHER_URI else at.FINE


@compiled
def header_line(
    data: bytes, start: int, size: int, asks: NDArray[np.uint8], marks: NDArray[np.int64]
) -> tuple[int, int, int, int]:
    """Read one header field; return what it is, the span of its value, and where the next line begins.

    The last is negative as of `line_end`. A value is trimmed and may hold folds; the field is OTHER where its line is
    malformed, and the fault is kept.
    """
    place = start
    while place < size and IS_TOKEN[data[place]]:
        place += 1
    name_end = place
    while place < size and (data[place] == SPACE or data[place] == TAB):
        place += 1
    well_formed = name_end > start and place < size and data[place] == COLON
    value = place + 1 if well_formed else place
    end = line_end(data, value, size)
    while end >= 0 and end + 2 < size and (data[end + 2] == SPACE or data[end + 2] == TAB):
        end = line_end(data, end + 2, size)
    if end < 0:
        return at.OTHER, 0, 0, end
    if end + 2 == size:
        return at.OTHER, 0, 0, _NO_LINE  # whether it is folded or the last one is not yet known
    if not well_formed:
        blame(marks, at.BAD_HEADER)
        return at.OTHER, 0, 0, end + 2
    after = end + 2
    while value < end and IS_SPACE[data[value]]:
        value += 1
    while end > value and IS_SPACE[data[end - 1]]:
        end -= 1
    return field_of(data, start, name_end, asks), value, end, after
