"""The Via header field (RFC 3261 §18.2, §20.42; RFC 3581), which routes the answer."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout
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
    copy_value,
    end_line,
    is_word,
    skip_space,
    write_label,
    write_number,
)

_OPEN, _CLOSE = 91, 93
_SIP_PORT = 5060


@compiled
def write_via(data: bytes, start: int, end: int, buffer: NDArray[np.uint8], marks: NDArray[np.int64]) -> int:
    """Write one Via line as received, the first one with the observed source; return its fault.

    Malformed lower hops are left out: with them the proxy in front could not read the answer.
    """
    out, fault = write_label(buffer, marks[layout.WRITTEN], VIA_LABEL), layout.FINE
    if marks[layout.COUNTS + layout.VIA] == 1:
        marks[layout.REPLY_PORT] = _SIP_PORT
        host, host_end, position = _sent_by(data, start, end, marks)
        if position < 0:
            return layout.UNANSWERABLE
        marks[layout.VIA_READ] = 1
        written = copy_value(data, start, position, buffer, out)
        start, out, wants_port = _parameters(data, position, end, buffer, written, marks)
        if start < 0:
            start, out, fault = position, written, layout.BAD_VIA
        if marks[layout.SOURCE_LENGTH] > 0 and (wants_port or not _is_source(data, host, host_end, buffer, marks)):
            out = _write_source(buffer, write_label(buffer, out, RECEIVED_LABEL), marks)
        if wants_port:
            marks[layout.REPLY_PORT] = marks[layout.SOURCE_PORT]
            out = write_number(buffer, write_label(buffer, out, RPORT_LABEL), marks[layout.SOURCE_PORT])
        if start < end and data[start] == COMMA and not _are_hops(data, start + 1, end, marks):
            start, fault = end, layout.BAD_VIA
    elif not _are_hops(data, start, end, marks):
        return layout.BAD_VIA
    marks[layout.WRITTEN] = end_line(buffer, copy_value(data, start, end, buffer, out))
    return fault


@compiled
def _are_hops(data: bytes, position: int, end: int, marks: NDArray[np.int64]) -> bool:
    """Return whether a list of hops below the first one is well formed."""
    port = marks[layout.REPLY_PORT]
    while position >= 0:
        _, _, position = _sent_by(data, position, end, marks)
        marks[layout.REPLY_PORT] = port
        position = _skip_parameters(data, position, end)
        if position == end:
            return True
        position = position + 1 if position >= 0 else position
    return False


@compiled
def _skip_parameters(data: bytes, position: int, end: int) -> int:
    """Return the position of the comma after the parameters of a hop, or the end; -1 if they are malformed."""
    while position >= 0:
        position = skip_space(data, position, end)
        if position == end or data[position] == COMMA:
            return position
        if data[position] != SEMICOLON:
            return -1
        name = position = skip_space(data, position + 1, end)
        while position < end and IS_TOKEN[data[position]]:
            position += 1
        if position == name:
            return -1
        _, position = parameter_value(data, position, end)
    return -1


@compiled
def _write_source(buffer: NDArray[np.uint8], out: int, marks: NDArray[np.int64]) -> int:
    """Write the source address; return its end."""
    for position in range(marks[layout.SOURCE_LENGTH]):
        buffer[out] = buffer[position]
        out += 1
    return out


@compiled
def _is_source(data: bytes, position: int, end: int, buffer: NDArray[np.uint8], marks: NDArray[np.int64]) -> bool:
    """Return whether a host is the source address, with or without brackets."""
    if data[position] == _OPEN:
        position, end = position + 1, end - 1
    source = 0
    while position < end and source < marks[layout.SOURCE_LENGTH] and data[position] == buffer[source]:
        position += 1
        source += 1
    return position == end and source == marks[layout.SOURCE_LENGTH]


@compiled
def _sent_by(data: bytes, position: int, end: int, marks: NDArray[np.int64]) -> tuple[int, int, int]:
    """Mark the port of the first hop; return the span of its host and the start of its parameters, -1 if unreadable."""
    for slashes in range(3):
        position = skip_space(data, position, end)
        first = position
        while position < end and IS_TOKEN[data[position]]:
            position += 1
        if position == first:
            return position, position, -1
        if slashes < 2:
            position = skip_space(data, position, end)
            if position == end or data[position] != SLASH:
                return position, position, -1
            position += 1
    host = skip_space(data, position, end)
    host_end = _host_end(data, host, end)
    after = skip_space(data, host_end, end)
    if host_end == host:
        return host, host, -1
    if after < end and data[after] == COLON:
        return host, host_end, _port(data, skip_space(data, after + 1, end), end, marks)
    return host, host_end, host_end


@compiled
def _host_end(data: bytes, position: int, end: int) -> int:
    """Return the end of a host name, an IPv4 address or an IPv6 reference in brackets."""
    if position < end and data[position] == _OPEN:
        first = position
        position += 1
        while position < end and (IS_TOKEN[data[position]] or data[position] == COLON):
            position += 1
        return position + 1 if position < end and data[position] == _CLOSE else first
    while position < end and IS_TOKEN[data[position]]:
        position += 1
    return position


@compiled
def _port(data: bytes, position: int, end: int, marks: NDArray[np.int64]) -> int:
    """Mark a port number as the reply port; return the position after it, or -1."""
    first, port = position, 0
    while position < end and 48 <= data[position] <= 57 and position - first < 6:
        port = port * 10 + data[position] - 48
        position += 1
    marks[layout.REPLY_PORT] = port
    return position if 0 < port <= 65_535 else -1


@compiled
def _parameters(
    data: bytes, position: int, end: int, buffer: NDArray[np.uint8], out: int, marks: NDArray[np.int64]
) -> tuple[int, int, bool]:
    """Copy the parameters of the first hop except "received" and a bare "rport", which this server fills in.

    Return the start of the next hop (-1 for malformed parameters), the end of the output, and whether "rport" was
    present.
    """
    wants_port = False
    while True:
        first = position
        position = skip_space(data, position, end)
        if position == end or data[position] == COMMA:
            return position, out, wants_port
        if data[position] != SEMICOLON:
            return -1, out, False
        name = position = skip_space(data, position + 1, end)
        while position < end and IS_TOKEN[data[position]]:
            position += 1
        name_end = position
        value, position = parameter_value(data, position, end)
        if position < 0 or name == name_end:
            return -1, out, False
        if is_word(data, name, name_end, RPORT) and value == position:
            wants_port = True
        elif not is_word(data, name, name_end, RECEIVED):
            out = copy_value(data, first, position, buffer, out)
        if is_word(data, name, name_end, BRANCH):
            marks[layout.BRANCH_START], marks[layout.BRANCH_END] = value, position
