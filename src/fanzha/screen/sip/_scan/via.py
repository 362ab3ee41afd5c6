"""The Via header field (RFC 3261 §18.2, §20.42; RFC 3581): by which way the answer goes back."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip._scan.addresses import parameter_value
from fanzha.screen.sip._scan.letters import (
    BRANCH,
    COLON,
    COMMA,
    IS_TOKEN,
    RECEIVED,
    RECEIVED_LABEL,
    RPORT,
    RPORT_LABEL,
    SEMICOLON,
    SLASH,
    VIA_LABEL,
    copy,
    end_line,
    is_word,
    put,
    put_number,
    skip_space,
)

_OPEN, _CLOSE = 91, 93
_SIP_PORT = 5060


@compiled
def write_via(data: bytes, start: int, end: int, room: NDArray[np.uint8], marks: NDArray[np.int64]) -> int:
    """Write one Via line as it came, to the first one what was seen of its sender; return what is wrong with it."""
    out, fault = put(room, marks[at.WRITTEN], VIA_LABEL), at.FINE
    if marks[at.COUNTS + at.VIA] == 1:
        marks[at.REPLY_PORT] = _SIP_PORT
        host, host_end, place = _sent_by(data, start, end, marks)
        if place < 0:
            return at.UNANSWERABLE
        marks[at.VIA_READ] = 1
        written = copy(data, start, place, room, out)
        start, out, wants_port = _parameters(data, place, end, room, written, marks)
        if start < 0:
            start, out, fault = place, written, at.BAD_VIA
        if marks[at.SOURCE_LENGTH] > 0 and (wants_port or not _is_source(data, host, host_end, room, marks)):
            out = _write_source(room, put(room, out, RECEIVED_LABEL), marks)
        if wants_port:
            marks[at.REPLY_PORT] = marks[at.SOURCE_PORT]
            out = put_number(room, put(room, out, RPORT_LABEL), marks[at.SOURCE_PORT])
    marks[at.WRITTEN] = end_line(room, copy(data, start, end, room, out))
    return fault


@compiled
def _write_source(room: NDArray[np.uint8], out: int, marks: NDArray[np.int64]) -> int:
    """Write the address that the message came from; return where it ends."""
    for place in range(marks[at.SOURCE_LENGTH]):
        room[out] = room[place]
        out += 1
    return out


@compiled
def _is_source(data: bytes, place: int, end: int, room: NDArray[np.uint8], marks: NDArray[np.int64]) -> bool:
    """Whether a host is the address that the message came from, in brackets or not."""
    if data[place] == _OPEN:
        place, end = place + 1, end - 1
    source = 0
    while place < end and source < marks[at.SOURCE_LENGTH] and data[place] == room[source]:
        place += 1
        source += 1
    return place == end and source == marks[at.SOURCE_LENGTH]


@compiled
def _sent_by(data: bytes, place: int, end: int, marks: NDArray[np.int64]) -> tuple[int, int, int]:
    """Mark the port of the first hop; return the span of its host, and where its parameters begin, -1: unreadable."""
    for slashes in range(3):
        place = skip_space(data, place, end)
        first = place
        while place < end and IS_TOKEN[data[place]]:
            place += 1
        if place == first:
            return place, place, -1
        if slashes < 2:
            place = skip_space(data, place, end)
            if place == end or data[place] != SLASH:
                return place, place, -1
            place += 1
    host = skip_space(data, place, end)
    host_end = _host_end(data, host, end)
    after = skip_space(data, host_end, end)
    if host_end == host:
        return host, host, -1
    if after < end and data[after] == COLON:
        return host, host_end, _port(data, skip_space(data, after + 1, end), end, marks)
    return host, host_end, host_end


@compiled
def _host_end(data: bytes, place: int, end: int) -> int:
    """Return the end of a host name, an IPv4 address or an IPv6 reference in brackets."""
    if place < end and data[place] == _OPEN:
        first = place
        place += 1
        while place < end and (IS_TOKEN[data[place]] or data[place] == COLON):
            place += 1
        return place + 1 if place < end and data[place] == _CLOSE else first
    while place < end and IS_TOKEN[data[place]]:
        place += 1
    return place


@compiled
def _port(data: bytes, place: int, end: int, marks: NDArray[np.int64]) -> int:
    """Mark a port number as the one to answer to; return the place after it, or -1."""
    first, port = place, 0
    while place < end and 48 <= data[place] <= 57 and place - first < 6:
        port = port * 10 + data[place] - 48
        place += 1
    marks[at.REPLY_PORT] = port
    return place if 0 < port <= 65_535 else -1


@compiled
def _parameters(
    data: bytes, place: int, end: int, room: NDArray[np.uint8], out: int, marks: NDArray[np.int64]
) -> tuple[int, int, bool]:
    """Copy the parameters of the first hop, but for `received` and a bare `rport`, which are ours to fill in.

    Return where the next hop begins, -1 for malformed parameters, where the writing ends, and whether `rport` stood.
    """
    wants_port = False
    while True:
        first = place
        place = skip_space(data, place, end)
        if place == end or data[place] == COMMA:
            return place, out, wants_port
        if data[place] != SEMICOLON:
            return -1, out, False
        name = place = skip_space(data, place + 1, end)
        while place < end and IS_TOKEN[data[place]]:
            place += 1
        name_end = place
        value, place = parameter_value(data, place, end)
        if place < 0 or name == name_end:
            return -1, out, False
        if is_word(data, name, name_end, RPORT) and value == place:
            wants_port = True
        elif not is_word(data, name, name_end, RECEIVED):
            out = copy(data, first, place, room, out)
        if is_word(data, name, name_end, BRANCH):
            marks[at.BRANCH_START], marks[at.BRANCH_END] = value, place
