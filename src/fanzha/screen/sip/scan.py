"""One pass over a received SIP message: what it is, what its answer repeats, and the facts to decide on."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip._scan.addresses import find_address, parameter, user_of
from fanzha.screen.sip._scan.compose import write_facts, write_head
from fanzha.screen.sip._scan.identities import read_asserted, read_privacy
from fanzha.screen.sip._scan.letters import CR, IS_SPACE, LF, SPACE, TAB, TAG, method_of, skip_space
from fanzha.screen.sip._scan.lines import (
    blame,
    first_line,
    header_line,
    lenient_header,
    lenient_line_end,
    lenient_method,
)
from fanzha.screen.sip._scan.memory import bytes_at, bytes_of, words_at
from fanzha.screen.sip._scan.via import write_via

_MOST_CSEQ = 2**31


@compiled
def scan(message: bytes, start: int, address: int) -> None:
    """Read the message that begins at message[start]; `scan_at` says what for, `address` is that of the marks."""
    scan_at(bytes_of(message), start, len(message), words_at(address))


@compiled
def scan_at(data: bytes, start: int, length: int, marks: NDArray[np.int64]) -> None:
    """Read the message that begins at data[start], of `length` bytes; mark what it is and what is wrong with it.

    In the marks (int64, MARKS; `_scan.layout`) ASKS_ADDRESS leads to what the listener wants (uint8, ASKS) and
    ROOM_ADDRESS to where is written (uint8, ROOM). Every byte written there was read inside a value: no line end comes
    from outside.
    """
    size = min(length, start + at.LONGEST)
    asks, room = bytes_at(marks[at.ASKS_ADDRESS]), bytes_at(marks[at.ROOM_ADDRESS])
    for mark in range(at.CLEARED):
        marks[mark] = 0
    marks[at.WRITTEN] = at.HEAD
    place = start
    while place < size and data[place] in (CR, LF):
        place += 1
    marks[at.MESSAGE_END] = place
    if place == size:
        marks[at.FAULT] = at.NOTHING
        return
    body = _read_lines(data, place, size, asks, room, marks)
    if body < 0:
        _read_malformed(data, place, size, size == start + at.LONGEST, body == -2, asks, room, marks)
        return
    _end_message(data, body, size, start, asks[at.STREAM], marks)
    if marks[at.FAULT] == at.INCOMPLETE:
        return
    if marks[at.METHOD] == at.STATUS_LINE:
        marks[at.FAULT] = at.RESPONSE
    elif not marks[at.VIA_READ]:
        marks[at.FAULT] = at.UNANSWERABLE
    else:
        _check_fields(data, marks)
        write_head(data, room, marks)
        if marks[at.METHOD] == at.INVITE and marks[at.FAULT] == at.FINE:
            write_facts(data, asks, room, marks)


@compiled
def _read_lines(
    data: bytes, place: int, size: int, asks: NDArray[np.uint8], room: NDArray[np.uint8], marks: NDArray[np.int64]
) -> int:
    """Read all lines of the head; return where the body begins, or what `line_end` says is wrong."""
    place = first_line(data, place, size, marks)
    while 0 <= place < size:
        if data[place] == CR:
            return place + 2 if place + 1 < size and data[place + 1] == LF else -1 if place + 1 == size else -2
        field, value, end, place = header_line(data, place, size, asks, marks)
        if place > 0 and field != at.OTHER:
            _take(data, field, value, end, asks, room, marks)
    return -1 if place == size else place


@compiled
def _read_malformed(
    data: bytes, place: int, size: int, full: bool, stray: bool, asks: NDArray[np.uint8], room: NDArray[np.uint8],
    marks: NDArray[np.int64],
) -> None:  # fmt: skip
    """Read a head that holds a CR or LF alone (`stray`) or has no end, only to answer it with 400.

    A proxy that takes such a CR or LF for a line end forwards the message, and lets the call pass where nobody answers
    in time. Here CRLF, CR and LF all end a line, so no value holds one. A line without an end is not read. On a stream
    the head must have ended, else more bytes may come.
    """
    stream = asks[at.STREAM]
    if stream and not stray:
        marks[at.FAULT] = at.TOO_LARGE if full else at.INCOMPLETE
        return
    for mark in range(at.CLEARED):
        marks[mark] = 0
    marks[at.WRITTEN], marks[at.MESSAGE_END], marks[at.FAULT] = at.HEAD, size, at.BAD_LINE_END
    ended = _read_lenient_lines(data, place, size, stream, asks, room, marks)
    if stream and not ended and not full:
        marks[at.FAULT], marks[at.MESSAGE_END] = at.INCOMPLETE, place
    elif marks[at.METHOD] == at.STATUS_LINE:
        marks[at.FAULT] = at.RESPONSE
    elif not marks[at.VIA_READ]:
        marks[at.FAULT] = at.UNANSWERABLE
    else:
        _check_to(data, marks)
        write_head(data, room, marks)


@compiled
def _read_lenient_lines(
    data: bytes, place: int, size: int, stream: int, asks: NDArray[np.uint8], room: NDArray[np.uint8],
    marks: NDArray[np.int64],
) -> bool:  # fmt: skip
    """Read the lines of a malformed head; return whether an empty line ended it."""
    end, after = lenient_line_end(data, place, size, stream)
    if end < 0:
        return False
    marks[at.METHOD] = lenient_method(data, place, end)
    while after < size:
        place = after
        end, after = lenient_line_end(data, place, size, stream)
        if end == place:
            return True
        while end >= 0 and after < size and (data[after] == SPACE or data[after] == TAB):
            end, after = lenient_line_end(data, after, size, stream)
        if end < 0 or (stream and after == size):
            return False
        field, value, stop = lenient_header(data, place, end, asks)
        if field != at.OTHER:
            _take(data, field, value, stop, asks, room, marks)
    return False


@compiled
def _take(
    data: bytes, field: int, value: int, end: int, asks: NDArray[np.uint8], room: NDArray[np.uint8],
    marks: NDArray[np.int64],
) -> None:  # fmt: skip
    """Keep one header field that the scan knows."""
    marks[at.COUNTS + field] += 1
    first = marks[at.COUNTS + field] == 1
    if field == at.VIA:
        blame(marks, write_via(data, value, end, room, marks))
    elif field == at.ASSERTED:
        if asks[at.TRUSTED]:
            read_asserted(data, value, end, marks)
    elif field == at.PRIVACY:
        read_privacy(data, value, end, marks)
    elif first or field == at.DIVERSION:
        marks[at.STARTS + field], marks[at.ENDS + field] = value, end
    elif field == at.FROM or field == at.TO or field == at.CALL_ID or field == at.CSEQ or field == at.CONTENT_LENGTH:
        blame(marks, at.REPEATED)


@compiled
def _end_message(data: bytes, body: int, size: int, start: int, stream: int, marks: NDArray[np.int64]) -> None:
    """Mark where the message ends: by Content-Length; without one a datagram is all body (RFC 3261 §18.3)."""
    marks[at.MESSAGE_END] = size
    place, end = marks[at.STARTS + at.CONTENT_LENGTH], marks[at.ENDS + at.CONTENT_LENGTH]
    if marks[at.COUNTS + at.CONTENT_LENGTH] == 0:
        if stream:
            blame(marks, at.BAD_LENGTH)
        return
    length = _number(data, place, end, at.LONGEST + 1)
    if length < 0:
        blame(marks, at.BAD_LENGTH)
    elif body + length <= size:
        marks[at.MESSAGE_END] = body + length
    elif not stream:
        blame(marks, at.TOO_SHORT)
    elif body + length - start > at.LONGEST:
        blame(marks, at.TOO_LARGE)
    else:
        marks[at.MESSAGE_END] = body + length
        marks[at.FAULT] = at.INCOMPLETE


@compiled
def _number(data: bytes, place: int, end: int, most: int) -> int:
    """Return a number, at most `most`; -1: it is none."""
    value = 0
    if place == end:
        return -1
    while place < end:
        if not 48 <= data[place] <= 57:
            return -1
        value = min(value * 10 + data[place] - 48, most)
        place += 1
    return value


@compiled
def _check_fields(data: bytes, marks: NDArray[np.int64]) -> None:
    """Look at the header fields that every request must have (RFC 3261 §8.1.1), and at their tags."""
    _check_from(data, marks)
    _check_to(data, marks)
    start, end = marks[at.STARTS + at.CALL_ID], marks[at.ENDS + at.CALL_ID]
    if start == end:
        blame(marks, at.BAD_CALL_ID)
    for place in range(start, end):
        if data[place] <= 32 or data[place] >= 127:
            blame(marks, at.BAD_CALL_ID)
    _check_cseq(data, marks)


@compiled
def _check_from(data: bytes, marks: NDArray[np.int64]) -> None:
    """Mark user and tag of From."""
    end = marks[at.ENDS + at.FROM]
    uri, stop, after = find_address(data, marks[at.STARTS + at.FROM], end, False)
    if uri < 0:
        blame(marks, at.BAD_FROM)
        return
    _, marks[at.FROM_USER], marks[at.FROM_USER_END], _ = user_of(data, uri, stop)
    tag, tag_end = parameter(data, after, end, TAG)
    if tag >= 0:
        marks[at.FROM_TAG], marks[at.FROM_TAG_END] = tag, tag_end
        for place in range(tag, tag_end):
            if data[place] <= 32 or data[place] >= 127:
                blame(marks, at.BAD_FROM)


@compiled
def _check_to(data: bytes, marks: NDArray[np.int64]) -> None:
    """Mark whether To has a tag: then the request belongs to a dialog, and none is ours."""
    end = marks[at.ENDS + at.TO]
    uri, _, after = find_address(data, marks[at.STARTS + at.TO], end, False)
    if uri < 0:
        blame(marks, at.BAD_TO)
    else:
        marks[at.TAGGED] = parameter(data, after, end, TAG)[0] >= 0


@compiled
def _check_cseq(data: bytes, marks: NDArray[np.int64]) -> None:
    """Look whether CSeq has a number below 2^31 and the method of the first line (RFC 3261 §8.1.1.5)."""
    start, end = marks[at.STARTS + at.CSEQ], marks[at.ENDS + at.CSEQ]
    place = start
    while place < end and not IS_SPACE[data[place]]:
        place += 1
    if not 0 <= _number(data, start, place, _MOST_CSEQ) < _MOST_CSEQ or place == end:
        blame(marks, at.BAD_CSEQ)
        return
    place = skip_space(data, place, end)
    if method_of(data, place, end) != marks[at.METHOD]:
        blame(marks, at.OTHER_METHOD)
