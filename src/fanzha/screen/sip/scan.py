"""Scan a received SIP message in one pass: its type, the header fields of its answer, the facts for a decision."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip._scan.addresses import (
    DOUBTFUL_URI,
    find_address,
    find_identity,
    find_parameter,
    has_only_parameters,
    is_single,
)
from fanzha.screen.sip._scan.compose import write_facts, write_head
from fanzha.screen.sip._scan.identities import (
    read_asserted,
    read_claims,
    read_diversions,
    read_privacy,
    read_signature,
    store_span,
)
from fanzha.screen.sip._scan.letters import CR, IS_SPACE, LF, SPACE, TAB, TAG, find_method, skip_space
from fanzha.screen.sip._scan.lines import (
    find_lenient_line_end,
    read_header,
    read_lenient_header,
    read_lenient_method,
    read_request_line,
    set_fault,
)
from fanzha.screen.sip._scan.memory import bytes_at, bytes_of, words_at
from fanzha.screen.sip._scan.via import write_via

_MAX_CSEQ = 2**31


@compiled
def scan(message: bytes, start: int, address: int) -> None:
    """Scan the message at message[start]; see `scan_at`. `address` is that of the marks."""
    scan_at(bytes_of(message), start, len(message), words_at(address))


@compiled
def scan_at(data: bytes, start: int, length: int, marks: NDArray[np.int64]) -> None:
    """Scan the message at data[start] of `length` bytes; mark its type and faults.

    In the marks (int64, MARKS; `_scan.layout`) CONFIG_ADDRESS points to the encoded listener (uint8, CONFIG) and
    BUFFER_ADDRESS to the output (uint8, BUFFER). Every byte written there was read inside a value, so the message
    cannot inject a line end.
    """
    size = min(length, start + layout.LONGEST)
    config, buffer = bytes_at(marks[layout.CONFIG_ADDRESS]), bytes_at(marks[layout.BUFFER_ADDRESS])
    for mark in range(layout.CLEARED):
        marks[mark] = 0
    marks[layout.WRITTEN] = layout.HEAD
    position = start
    while position < size and data[position] in (CR, LF):
        position += 1
    marks[layout.MESSAGE_END] = position
    if position == size:
        marks[layout.FAULT] = layout.NOTHING
        return
    body = _read_lines(data, position, size, config, buffer, marks)
    if body < 0:
        _read_malformed(data, position, size, size == start + layout.LONGEST, body == -2, config, buffer, marks)
        return
    _end_message(data, body, size, start, config[layout.STREAM], marks)
    if marks[layout.FAULT] == layout.INCOMPLETE:
        return
    if marks[layout.METHOD] == layout.STATUS_LINE:
        marks[layout.FAULT] = layout.RESPONSE
    elif not marks[layout.VIA_READ]:
        marks[layout.FAULT] = layout.UNANSWERABLE
    else:
        _check_fields(data, marks)
        write_head(data, buffer, marks)
        if marks[layout.METHOD] == layout.INVITE and marks[layout.FAULT] == layout.FINE:
            write_facts(data, body, config, buffer, marks)


@compiled
def _read_lines(
    data: bytes,
    position: int,
    size: int,
    config: NDArray[np.uint8],
    buffer: NDArray[np.uint8],
    marks: NDArray[np.int64],
) -> int:
    """Read all lines of the head; return the start of the body, or the error of `find_line_end`."""
    position = read_request_line(data, position, size, marks)
    while 0 <= position < size:
        if data[position] == CR:
            return (
                position + 2 if position + 1 < size and data[position + 1] == LF else -1 if position + 1 == size else -2
            )
        field, value, end, position = read_header(data, position, size, config, marks)
        if position > 0 and field != layout.OTHER:
            _store_field(data, field, value, end, config, buffer, marks)
    return -1 if position == size else position


@compiled
def _read_malformed(
    data: bytes, position: int, size: int, full: bool, stray: bool, config: NDArray[np.uint8],
    buffer: NDArray[np.uint8], marks: NDArray[np.int64],
) -> None:  # fmt: skip
    """Read a head with a lone CR or LF (`stray`) or without an end, only to answer it with 400.

    A proxy that accepts such a line end forwards the message, and lets the call pass without an answer in time. Here
    CRLF, CR and LF all end a line, so no value contains one. A line without an end is not read. On a stream the head
    must be complete, else more bytes may follow.
    """
    stream = config[layout.STREAM]
    if stream and not stray:
        marks[layout.FAULT] = layout.TOO_LARGE if full else layout.INCOMPLETE
        return
    for mark in range(layout.CLEARED):
        marks[mark] = 0
    marks[layout.WRITTEN], marks[layout.MESSAGE_END], marks[layout.FAULT] = layout.HEAD, size, layout.BAD_LINE_END
    ended = _read_lenient_lines(data, position, size, stream, config, buffer, marks)
    if stream and not ended and not full:
        marks[layout.FAULT], marks[layout.MESSAGE_END] = layout.INCOMPLETE, position
    elif marks[layout.METHOD] == layout.STATUS_LINE:
        marks[layout.FAULT] = layout.RESPONSE
    elif not marks[layout.VIA_READ]:
        marks[layout.FAULT] = layout.UNANSWERABLE
    else:
        _check_to(data, marks)
        write_head(data, buffer, marks)


@compiled
def _read_lenient_lines(
    data: bytes, position: int, size: int, stream: int, config: NDArray[np.uint8], buffer: NDArray[np.uint8],
    marks: NDArray[np.int64],
) -> bool:  # fmt: skip
    """Read the lines of a malformed head; return whether an empty line ended it."""
    end, after = find_lenient_line_end(data, position, size, stream)
    if end < 0:
        return False
    marks[layout.METHOD] = read_lenient_method(data, position, end)
    while after < size:
        position = after
        end, after = find_lenient_line_end(data, position, size, stream)
        if end == position:
            return True
        while end >= 0 and after < size and (data[after] == SPACE or data[after] == TAB):
            end, after = find_lenient_line_end(data, after, size, stream)
        if end < 0 or (stream and after == size):
            return False
        field, value, stop = read_lenient_header(data, position, end, config)
        if field != layout.OTHER:
            _store_field(data, field, value, stop, config, buffer, marks)
    return False


@compiled
def _store_field(
    data: bytes, field: int, value: int, end: int, config: NDArray[np.uint8], buffer: NDArray[np.uint8],
    marks: NDArray[np.int64],
) -> None:  # fmt: skip
    """Store one known header field."""
    marks[layout.COUNTS + field] += 1
    first = marks[layout.COUNTS + field] == 1
    if field == layout.VIA:
        set_fault(marks, write_via(data, value, end, buffer, marks))
    elif field == layout.ASSERTED and config[layout.TRUSTED]:
        read_asserted(data, value, end, marks)
    elif field == layout.ASSERTED or field == layout.REMOTE_PARTY:
        read_claims(data, value, end, marks)
    elif field == layout.PRIVACY:
        read_privacy(data, value, end, marks)
    elif field == layout.SIGNATURE:
        if config[layout.READS_SIGNATURES]:
            read_signature(value, end, marks)
    elif first or field == layout.DIVERSION:
        if field == layout.DIVERSION or field == layout.HISTORY:
            read_diversions(data, value, end, marks)
        marks[layout.STARTS + field], marks[layout.ENDS + field] = value, end
    elif (
        field == layout.FROM
        or field == layout.TO
        or field == layout.CALL_ID
        or field == layout.CSEQ
        or field == layout.CONTENT_LENGTH
        or field == layout.CONTENT_TYPE
    ):
        set_fault(marks, layout.REPEATED)
    elif field == layout.HISTORY:
        read_diversions(data, value, end, marks)


@compiled
def _end_message(data: bytes, body: int, size: int, start: int, stream: int, marks: NDArray[np.int64]) -> None:
    """Mark the end of the message by Content-Length; without one a datagram is all body (RFC 3261 §18.3)."""
    marks[layout.MESSAGE_END] = size
    position, end = marks[layout.STARTS + layout.CONTENT_LENGTH], marks[layout.ENDS + layout.CONTENT_LENGTH]
    if marks[layout.COUNTS + layout.CONTENT_LENGTH] == 0:
        if stream:
            set_fault(marks, layout.BAD_LENGTH)
        return
    length = _number(data, position, end, layout.LONGEST + 1)
    if length < 0:
        set_fault(marks, layout.BAD_LENGTH)
    elif body + length <= size:
        marks[layout.MESSAGE_END] = body + length
    elif not stream:
        set_fault(marks, layout.TOO_SHORT)
    elif body + length - start > layout.LONGEST:
        set_fault(marks, layout.TOO_LARGE)
    else:
        marks[layout.MESSAGE_END] = body + length
        marks[layout.FAULT] = layout.INCOMPLETE


@compiled
def _number(data: bytes, position: int, end: int, limit: int) -> int:
    """Return a number; -1 if it is not one or exceeds `limit`."""
    value = 0
    if position == end:
        return -1
    while position < end:
        if not 48 <= data[position] <= 57:
            return -1
        value = min(value * 10 + data[position] - 48, limit)
        position += 1
    return value


@compiled
def _check_fields(data: bytes, marks: NDArray[np.int64]) -> None:
    """Check the mandatory header fields (RFC 3261 §8.1.1) and mark their tags."""
    _check_from(data, marks)
    _check_to(data, marks)
    start, end = marks[layout.STARTS + layout.CALL_ID], marks[layout.ENDS + layout.CALL_ID]
    if start == end:
        set_fault(marks, layout.BAD_CALL_ID)
    for position in range(start, end):
        if data[position] <= 32 or data[position] >= 127:
            set_fault(marks, layout.BAD_CALL_ID)
    _check_cseq(data, marks)


@compiled
def _check_from(data: bytes, marks: NDArray[np.int64]) -> None:
    """Mark user and tag of From."""
    end = marks[layout.ENDS + layout.FROM]
    uri, stop, after = find_address(data, marks[layout.STARTS + layout.FROM], end, False)
    single = uri >= 0 and is_single(data, marks[layout.STARTS + layout.FROM], end)
    if not single or not has_only_parameters(data, after, end):
        set_fault(marks, layout.BAD_FROM)
        return
    kind, user, user_end, parameters_end = find_identity(data, uri, stop)
    if kind == DOUBTFUL_URI:
        set_fault(marks, layout.BAD_FROM)
    store_span(marks, layout.FROM_USER, user, user_end, parameters_end)
    tag, tag_end = find_parameter(data, after, end, TAG)
    if tag >= 0:
        marks[layout.FROM_TAG], marks[layout.FROM_TAG_END] = tag, tag_end
        for position in range(tag, tag_end):
            if data[position] <= 32 or data[position] >= 127:
                set_fault(marks, layout.BAD_FROM)


@compiled
def _check_to(data: bytes, marks: NDArray[np.int64]) -> None:
    """Mark whether To has a tag: then the request belongs to a dialog, and this server has none."""
    end = marks[layout.ENDS + layout.TO]
    uri, _, after = find_address(data, marks[layout.STARTS + layout.TO], end, False)
    if uri < 0 or not is_single(data, marks[layout.STARTS + layout.TO], end):
        set_fault(marks, layout.BAD_TO)
    else:
        marks[layout.TAGGED] = find_parameter(data, after, end, TAG)[0] >= 0


@compiled
def _check_cseq(data: bytes, marks: NDArray[np.int64]) -> None:
    """Check that CSeq has a number below 2^31 and the method of the first line (RFC 3261 §8.1.1.5)."""
    start, end = marks[layout.STARTS + layout.CSEQ], marks[layout.ENDS + layout.CSEQ]
    position = start
    while position < end and not IS_SPACE[data[position]]:
        position += 1
    if not 0 <= _number(data, start, position, _MAX_CSEQ) < _MAX_CSEQ or position == end:
        set_fault(marks, layout.BAD_CSEQ)
        return
    position = skip_space(data, position, end)
    if find_method(data, position, end) != marks[layout.METHOD]:
        set_fault(marks, layout.OTHER_METHOD)
