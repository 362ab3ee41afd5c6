"""What the scan writes: the header fields that every answer repeats, and the facts that a decision is taken on."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip._scan.addresses import user_of
from fanzha.screen.sip._scan.identities import diverted_user, write_group, write_text
from fanzha.screen.sip._scan.letters import (
    ANONYMOUS,
    CALL_ID_LABEL,
    CLOSE_LABEL,
    CONTACT_LABEL,
    CSEQ_LABEL,
    FROM_LABEL,
    HEX_DIGITS,
    TAG_LABEL,
    TO_LABEL,
    UNAVAILABLE,
    copy,
    end_line,
    is_word,
    put,
)

_PRIME = np.uint64(0x100000001B3)
_BASIS = np.uint64(0xCBF29CE484222325)
_MIX = np.uint64(0xFF51AFD7ED558CCD)


@compiled
def write_head(data: bytes, room: NDArray[np.uint8], marks: NDArray[np.int64]) -> None:
    """Write From, To, Call-ID and CSeq after the Via lines (RFC 3261 §8.2.6.2), then the target as a Contact."""
    out = _line(data, at.FROM, FROM_LABEL, room, marks[at.WRITTEN], marks)
    out = _line(data, at.TO, TO_LABEL, room, out, marks)
    if marks[at.COUNTS + at.TO] > 0 and not marks[at.TAGGED]:
        out = end_line(room, _own_tag(data, room, put(room, out - 2, TAG_LABEL), marks))
    out = _line(data, at.CALL_ID, CALL_ID_LABEL, room, out, marks)
    out = _line(data, at.CSEQ, CSEQ_LABEL, room, out, marks)
    marks[at.HEAD_END] = out
    out = copy(data, marks[at.TARGET_START], marks[at.TARGET_STOP], room, put(room, out, CONTACT_LABEL))
    marks[at.CONTACT_END] = end_line(room, put(room, out, CLOSE_LABEL))


@compiled
def _line(data: bytes, field: int, label: int, room: NDArray[np.uint8], out: int, marks: NDArray[np.int64]) -> int:
    """Write one header field as it came, if it came."""
    if marks[at.COUNTS + field] == 0:
        return out
    out = put(room, out, label)
    return end_line(room, copy(data, marks[at.STARTS + field], marks[at.ENDS + field], room, out))


@compiled
def _own_tag(data: bytes, room: NDArray[np.uint8], out: int, marks: NDArray[np.int64]) -> int:
    """Write 16 digits that are the same for the same request, whoever answers it (RFC 3261 §8.2.7)."""
    state = _hashed(data, marks[at.STARTS + at.CALL_ID], marks[at.ENDS + at.CALL_ID], _BASIS)
    state = _hashed(data, marks[at.FROM_TAG], marks[at.FROM_TAG_END], state)
    state = _hashed(data, marks[at.BRANCH_START], marks[at.BRANCH_END], state)
    state = (state ^ (state >> np.uint64(33))) * _MIX
    state ^= state >> np.uint64(33)
    for shift in range(60, -4, -4):
        room[out] = HEX_DIGITS[(state >> np.uint64(shift)) & np.uint64(15)]
        out += 1
    return out


@compiled
def _hashed(data: bytes, start: int, end: int, state: np.uint64) -> np.uint64:
    """Continue FNV-1a over a span and a separator; it names answers and protects nothing."""
    for place in range(start, end):
        state = (state ^ np.uint64(data[place])) * _PRIME
    return (state ^ np.uint64(255)) * _PRIME


@compiled
def write_facts(data: bytes, asks: NDArray[np.uint8], room: NDArray[np.uint8], marks: NDArray[np.int64]) -> None:
    """Write what is decided on, NUL between.

    Call-ID, caller, callee, trunk, shown, original callee, attestation, 1 where the caller asked for privacy; last the
    From tag, which only tells calls apart.
    """
    out = copy(data, marks[at.STARTS + at.CALL_ID], marks[at.ENDS + at.CALL_ID], room, marks[at.CONTACT_END])
    shown, shown_end = marks[at.FROM_USER], marks[at.FROM_USER_END]
    if is_word(data, shown, shown_end, ANONYMOUS):  # RFC 3323 §4.1.1.3
        marks[at.PRIVATE] = 1
        shown = shown_end
    elif is_word(data, shown, shown_end, UNAVAILABLE):
        shown = shown_end
    caller, caller_end = marks[at.ASSERTED_USER], marks[at.ASSERTED_END]
    if caller == caller_end:
        caller, caller_end = shown, shown_end
    _, callee, callee_end, _ = user_of(data, marks[at.TARGET_START], marks[at.TARGET_STOP])
    out = write_text(data, caller, caller_end, room, _next(room, out))
    out = write_text(data, callee, callee_end, room, _next(room, out))
    out = _trunk(data, asks, room, _next(room, out), marks)
    if _same(data, caller, caller_end, shown, shown_end):
        shown = shown_end
    out = write_text(data, shown, shown_end, room, _next(room, out))
    out = _original(data, callee, callee_end, room, _next(room, out), marks)
    out = _next(room, out)
    if asks[at.TRUSTED] and marks[at.COUNTS + at.ATTESTATION] == 1:
        start = marks[at.STARTS + at.ATTESTATION]
        if marks[at.ENDS + at.ATTESTATION] == start + 1 and 65 <= data[start] <= 67:
            room[out] = data[start]
            out += 1
    out = _next(room, out)
    if marks[at.PRIVATE]:
        room[out] = 49
        out += 1
    marks[at.FACTS_END] = copy(data, marks[at.FROM_TAG], marks[at.FROM_TAG_END], room, _next(room, out))


@compiled
def _next(room: NDArray[np.uint8], out: int) -> int:
    """End one fact."""
    room[out] = 0
    return out + 1


@compiled
def _trunk(data: bytes, asks: NDArray[np.uint8], room: NDArray[np.uint8], out: int, marks: NDArray[np.int64]) -> int:
    """Write the trunk as the listener tells it; none where it stands twice, for then someone else wrote one of them."""
    origin = asks[at.TRUNK_FROM]
    if origin == at.FIXED_TRUNK:
        for place in range(asks[at.TRUNK_NAME]):
            room[out] = asks[at.TRUNK_NAME + 1 + place]
            out += 1
    elif origin == at.HEADER_TRUNK and marks[at.COUNTS + at.TRUNK] == 1:
        start, end = marks[at.STARTS + at.TRUNK], marks[at.ENDS + at.TRUNK]
        if end - start <= at.LONGEST_USER:
            out = write_text(data, start, end, room, out)
    elif origin == at.GROUP_TRUNK and marks[at.COUNTS + at.CONTACT] == 1:
        out = write_group(data, marks[at.STARTS + at.CONTACT], marks[at.ENDS + at.CONTACT], room, out)
    return out


@compiled
def _original(
    data: bytes, callee: int, callee_end: int, room: NDArray[np.uint8], out: int, marks: NDArray[np.int64]
) -> int:
    """Write whom the call was for before it was diverted; History-Info also stands where nothing was."""
    start, end = diverted_user(data, marks[at.STARTS + at.HISTORY], marks[at.ENDS + at.HISTORY], False)
    if start == end or _same(data, start, end, callee, callee_end):
        start, end = diverted_user(data, marks[at.STARTS + at.DIVERSION], marks[at.ENDS + at.DIVERSION], True)
    return write_text(data, start, end, room, out)


@compiled
def _same(data: bytes, start: int, end: int, other: int, other_end: int) -> bool:
    """Whether two spans hold the same bytes."""
    if end - start != other_end - other:
        return False
    place = 0
    while start + place < end and data[start + place] == data[other + place]:
        place += 1
    return start + place == end
