"""Who calls whom, as header fields say it: P-Asserted-Identity, Privacy, Diversion, History-Info, trunk groups."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip._scan.addresses import find_address, is_number, next_address, parameter, user_of
from fanzha.screen.sip._scan.letters import (
    AT,
    HEADER,
    HEX_VALUE,
    ID,
    IS_TOKEN,
    PERCENT,
    TGRP,
    TRUNK_CONTEXT,
    USER,
    is_word,
    skip_space,
)


@compiled
def read_asserted(data: bytes, start: int, end: int, marks: NDArray[np.int64]) -> None:
    """Mark the first asserted identity (RFC 3325 §9.1), a telephone number before any other name."""
    while start < end and not marks[at.ASSERTED_NUMBER]:
        uri, stop, _ = find_address(data, start, end, True)
        if uri >= 0:
            _, user, user_end, _ = user_of(data, uri, stop)
            number = is_number(data, user, user_end)
            if user_end > user and (number or marks[at.ASSERTED_END] == 0):
                marks[at.ASSERTED_USER], marks[at.ASSERTED_END] = user, user_end
                marks[at.ASSERTED_NUMBER] = number
        start = next_address(data, start, end)


@compiled
def read_privacy(data: bytes, place: int, end: int, marks: NDArray[np.int64]) -> None:
    """Mark whether the caller's identity is to be kept private: id, user or header (RFC 3323 §4.2, RFC 3325 §9.3)."""
    while place < end:
        place = first = skip_space(data, place, end)
        while place < end and IS_TOKEN[data[place]]:
            place += 1
        if is_word(data, first, place, ID) or is_word(data, first, place, USER) or is_word(data, first, place, HEADER):
            marks[at.PRIVATE] = 1
        place = place + 1


@compiled
def diverted_user(data: bytes, start: int, end: int, last: bool) -> tuple[int, int]:
    """Return the span of the user of the first or last address of a list; empty where there is none.

    The first of History-Info is the original target (RFC 7044 §5); the last of Diversion is it (RFC 5806 §4).
    """
    found, found_end = start, start
    while start < end:
        uri, stop, _ = find_address(data, start, end, True)
        if uri >= 0:
            _, found, found_end, _ = user_of(data, uri, stop)
        if not last:
            break
        start = next_address(data, start, end)
    return found, found_end


@compiled
def write_group(data: bytes, start: int, end: int, room: NDArray[np.uint8], out: int) -> int:
    """Write the trunk group of a Contact as tgrp@trunk-context; return where it ends.

    RFC 4904 §5: that of the Contact is the one the call came by; that of a Request-URI is where it shall go.
    """
    uri, stop, _ = find_address(data, start, end, True)
    if uri < 0:
        return out
    _, _, place, user_end = user_of(data, uri, stop)
    group, group_end = parameter(data, place, user_end, TGRP)
    if group < 0 or group == group_end:
        return out
    out = write_text(data, group, group_end, room, out)
    context, context_end = parameter(data, place, user_end, TRUNK_CONTEXT)
    if context >= 0 and context_end > context:
        room[out] = AT
        out = write_text(data, context, context_end, room, out + 1)
    return out


@compiled
def write_text(data: bytes, start: int, end: int, room: NDArray[np.uint8], out: int) -> int:
    """Write at most LONGEST_USER bytes with their %-escapes undone, but for those of control characters.

    What is left of control characters becomes ?: facts are told apart by NUL.
    """
    stop = out + at.LONGEST_USER
    place = start
    while place < end and out < stop:
        byte = np.int64(data[place])
        if byte == PERCENT and place + 2 < end:
            value = HEX_VALUE[data[place + 1]] * 16 + HEX_VALUE[data[place + 2]]
            if HEX_VALUE[data[place + 1]] >= 0 and HEX_VALUE[data[place + 2]] >= 0 and value >= 32 and value != 127:
                byte = value
                place += 2
        room[out] = 63 if byte < 32 or byte == 127 else byte
        out += 1
        place += 1
    return out
