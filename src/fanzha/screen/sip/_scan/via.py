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
    RPORT,
    SEMICOLON,
    SLASH,
    VIA_LABEL,
    copy,
    end_line,
    is_word,
    put,
    skip_space,
)

_OPEN, _CLOSE = 91, 93


@compiled
def write_via(data: bytes, start: int, end: int, room: NDArray[np.uint8], marks: NDArray[np.int64]) -> int:
    """Write one Via line as it came; of the first one read where answers go. Return what is wrong with it."""
    out, fault = put(room, marks[at.WRITTEN], VIA_LABEL), at.FINE
    if marks[at.COUNTS + at.VIA] == 1:
        place = _sent_by(data, start, end, marks)
        if place < 0:
            return at.UNANSWERABLE
        marks[at.VIA_PLACE] = written = copy(data, start, place, room, out)
        start, out = _parameters(data, place, end, room, written, marks)
        if start < 0:
            start, out, fault = place, written, at.BAD_VIA
    marks[at.WRITTEN] = end_line(room, copy(data, start, end, room, out))
    return fault


@compiled
def _sent_by(data: bytes, place: int, end: int, marks: NDArray[np.int64]) -> int:
    """Mark host and port of the first hop; return where its parameters begin, -1: it cannot be read."""
    for slashes in range(3):
        place = skip_space(data, place, end)
        first = place
        while place < end and IS_TOKEN[data[place]]:
            place += 1
        if place == first:
            return -1
        if slashes < 2:
            place = skip_space(data, place, end)
            if place == end or data[place] != SLASH:
                return -1
            place += 1
    place = skip_space(data, place, end)
    marks[at.HOST_START] = place
    place = _host_end(data, place, end)
    marks[at.HOST_END] = place
    if place == marks[at.HOST_START]:
        return -1
    after = skip_space(data, place, end)
    if after < end and data[after] == COLON:
        return _port(data, skip_space(data, after + 1, end), end, marks)
    return place


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
    """Mark a port number; return the place after it, or -1."""
    first, port = place, 0
    while place < end and 48 <= data[place] <= 57 and place - first < 6:
        port = port * 10 + data[place] - 48
        place += 1
    marks[at.PORT] = port
    return place if 0 < port <= 65_535 else -1


@compiled
def _parameters(
    data: bytes, place: int, end: int, room: NDArray[np.uint8], out: int, marks: NDArray[np.int64]
) -> tuple[int, int]:
    """Copy the parameters of the first hop, but for `received` and a bare `rport`, which are ours to fill in.

    Return where the next hop begins, -1 for malformed parameters, and where the writing ends.
    """
    while True:
        first = place
        place = skip_space(data, place, end)
        if place == end or data[place] == COMMA:
            return place, out
        if data[place] != SEMICOLON:
            return -1, out
        name = place = skip_space(data, place + 1, end)
        while place < end and IS_TOKEN[data[place]]:
            place += 1
        name_end = place
        value, place = parameter_value(data, place, end)
        if place < 0 or name == name_end:
            return -1, out
        if is_word(data, name, name_end, RPORT) and value == place:
            marks[at.WANTS_PORT] = 1
        elif not is_word(data, name, name_end, RECEIVED):
            out = copy(data, first, place, room, out)
        if is_word(data, name, name_end, BRANCH):
            marks[at.BRANCH_START], marks[at.BRANCH_END] = value, place
