"""The source address of a datagram as text for Via (RFC 3261 §18.2.1; RFC 5952 for IPv6)."""

import socket

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip._scan.letters import COLON, HEX_DIGITS, write_number

_INET, _INET6 = int(socket.AF_INET), int(socket.AF_INET6)
_DOT = 46


@compiled
def mark_source(name: NDArray[np.uint8], buffer: NDArray[np.uint8], marks: NDArray[np.int64]) -> None:
    """Mark address and port of a socket address (sockaddr_in, sockaddr_in6); none for another family."""
    family = name[0] + name[1]  # one of the two bytes is 0 in either byte order
    out = 0
    if family == _INET:
        out = _write_four(name, buffer)
    elif family == _INET6:
        out = _write_six(name, buffer)
    marks[layout.SOURCE_LENGTH] = out
    marks[layout.SOURCE_PORT] = name[2] * 256 + name[3] if out else 0


@compiled
def _write_four(name: NDArray[np.uint8], buffer: NDArray[np.uint8]) -> int:
    """Write the address of a sockaddr_in; return its end."""
    out = 0
    for position in range(4, 8):
        if position > 4:
            buffer[out] = _DOT
            out += 1
        out = write_number(buffer, out, name[position])
    return out


@compiled
def _write_six(name: NDArray[np.uint8], buffer: NDArray[np.uint8]) -> int:
    """Write the address of a sockaddr_in6 without its longest run of zeros; return its end."""
    best, longest, run = 8, 1, 0
    for group in range(8):
        run = run + 1 if name[8 + 2 * group] == 0 and name[9 + 2 * group] == 0 else 0
        if run > longest:
            best, longest = group + 1 - run, run
    out, group = 0, 0
    while group < 8:
        if group == best:
            buffer[out], buffer[out + 1] = COLON, COLON
            out += 2
            group += longest
            continue
        if group > 0 and group != best + longest:
            buffer[out] = COLON
            out += 1
        value = name[8 + 2 * group] * 256 + name[9 + 2 * group]
        for shift in range(12, -4, -4):
            if value >> shift or shift == 0:
                buffer[out] = HEX_DIGITS[value >> shift & 15]
                out += 1
        group += 1
    return out
