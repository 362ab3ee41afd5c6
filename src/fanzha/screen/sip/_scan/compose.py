"""Write the output of a scan: the header fields that every answer repeats, and the facts for a decision."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip._scan.addresses import find_user
from fanzha.screen.sip._scan.identities import find_diverted_user, store_span, write_group, write_text, write_user
from fanzha.screen.sip._scan.isup import write_isup_callers
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
    copy_value,
    end_line,
    is_word,
    write_label,
)

_PRIME = np.uint64(0x100000001B3)
_BASIS = np.uint64(0xCBF29CE484222325)
_MIX = np.uint64(0xFF51AFD7ED558CCD)


@compiled
def write_head(data: bytes, buffer: NDArray[np.uint8], marks: NDArray[np.int64]) -> None:
    """Write From, To, Call-ID and CSeq after the Via lines (RFC 3261 §8.2.6.2), then the target as a Contact."""
    out = _write_field(data, layout.FROM, FROM_LABEL, buffer, marks[layout.WRITTEN], marks)
    out = _write_field(data, layout.TO, TO_LABEL, buffer, out, marks)
    if marks[layout.COUNTS + layout.TO] > 0 and not marks[layout.TAGGED]:
        out = end_line(buffer, _write_own_tag(data, buffer, write_label(buffer, out - 2, TAG_LABEL), marks))
    out = _write_field(data, layout.CALL_ID, CALL_ID_LABEL, buffer, out, marks)
    out = _write_field(data, layout.CSEQ, CSEQ_LABEL, buffer, out, marks)
    marks[layout.HEAD_END] = out
    out = copy_value(
        data, marks[layout.TARGET_START], marks[layout.TARGET_STOP], buffer, write_label(buffer, out, CONTACT_LABEL)
    )
    marks[layout.CONTACT_END] = end_line(buffer, write_label(buffer, out, CLOSE_LABEL))


@compiled
def _write_field(
    data: bytes, field: int, label: int, buffer: NDArray[np.uint8], out: int, marks: NDArray[np.int64]
) -> int:
    """Write one header field as received, if present."""
    if marks[layout.COUNTS + field] == 0:
        return out
    out = write_label(buffer, out, label)
    return end_line(buffer, copy_value(data, marks[layout.STARTS + field], marks[layout.ENDS + field], buffer, out))


@compiled
def _write_own_tag(data: bytes, buffer: NDArray[np.uint8], out: int, marks: NDArray[np.int64]) -> int:
    """Write a 16-digit tag that is the same for the same request on every screen (RFC 3261 §8.2.7)."""
    state = _hash_span(data, marks[layout.STARTS + layout.CALL_ID], marks[layout.ENDS + layout.CALL_ID], _BASIS)
    state = _hash_span(data, marks[layout.FROM_TAG], marks[layout.FROM_TAG_END], state)
    state = _hash_span(data, marks[layout.BRANCH_START], marks[layout.BRANCH_END], state)
    state = (state ^ (state >> np.uint64(33))) * _MIX
    state ^= state >> np.uint64(33)
    for shift in range(60, -4, -4):
        buffer[out] = HEX_DIGITS[(state >> np.uint64(shift)) & np.uint64(15)]
        out += 1
    return out


@compiled
def _hash_span(data: bytes, start: int, end: int, state: np.uint64) -> np.uint64:
    """Continue FNV-1a over a span and a separator; the hash protects nothing."""
    for position in range(start, end):
        state = (state ^ np.uint64(data[position])) * _PRIME
    return (state ^ np.uint64(255)) * _PRIME


@compiled
def write_facts(
    data: bytes, body: int, config: NDArray[np.uint8], buffer: NDArray[np.uint8], marks: NDArray[np.int64]
) -> None:
    """Write the facts for a decision, separated by NUL; `body` is the start of the body.

    Call-ID, caller, callee, trunk, number in From, original callee, attestation, privacy (1 requested, 0 not, followed
    by U where a trusted network asserts no caller), claimed identities, diverting numbers; last the From tag, which
    only distinguishes calls. The values of Identity follow, separated by NUL.
    """
    out = copy_value(
        data,
        marks[layout.STARTS + layout.CALL_ID],
        marks[layout.ENDS + layout.CALL_ID],
        buffer,
        marks[layout.CONTACT_END],
    )
    from_user, from_user_end = marks[layout.FROM_USER], marks[layout.FROM_USER + 1]
    if is_word(data, from_user, from_user_end, ANONYMOUS):  # RFC 3323 §4.1.1.3
        marks[layout.PRIVATE] = 1
        marks[layout.FROM_USER] = from_user_end
    elif is_word(data, from_user, from_user_end, UNAVAILABLE):
        marks[layout.FROM_USER] = from_user_end
    caller = layout.ASSERTED_USER
    if marks[caller] == marks[caller + 1]:
        caller = layout.FROM_USER
    _, callee, callee_end, parameters_end = find_user(data, marks[layout.TARGET_START], marks[layout.TARGET_STOP])
    out = write_user(data, marks, caller, buffer, _end_fact(buffer, out))
    store_span(marks, layout.CALLEE_USER, callee, callee_end, parameters_end)
    out = write_user(data, marks, layout.CALLEE_USER, buffer, _end_fact(buffer, out))
    out = _write_trunk(data, config, buffer, _end_fact(buffer, out), marks)
    out = _end_fact(buffer, out)
    if not _is_same_user(data, marks, caller, layout.FROM_USER):
        out = write_user(data, marks, layout.FROM_USER, buffer, out)
    out = _write_original_callee(data, callee, callee_end, buffer, _end_fact(buffer, out), marks)
    out = _end_fact(buffer, out)
    if config[layout.TRUSTED] and marks[layout.COUNTS + layout.ATTESTATION] == 1:
        start = marks[layout.STARTS + layout.ATTESTATION]
        if marks[layout.ENDS + layout.ATTESTATION] == start + 1 and 65 <= data[start] <= 67:
            buffer[out] = data[start]
            out += 1
    out = _end_fact(buffer, out)
    buffer[out] = 49 if marks[layout.PRIVATE] else 48
    out += 1
    if config[layout.TRUSTED] and caller == layout.FROM_USER:
        buffer[out] = 85
        out += 1
    out = _write_users(data, marks, layout.CLAIMS, marks[layout.CLAIM_COUNT], buffer, _end_fact(buffer, out))
    if marks[layout.COUNTS + layout.CONTENT_TYPE] > 0 and body < marks[layout.MESSAGE_END]:
        out = write_isup_callers(data, body, buffer, out, marks)
    out = _write_users(data, marks, layout.DIVERSIONS, marks[layout.DIVERSION_COUNT], buffer, _end_fact(buffer, out))
    out = copy_value(data, marks[layout.FROM_TAG], marks[layout.FROM_TAG_END], buffer, _end_fact(buffer, out))
    marks[layout.FACTS_END] = out
    for index in range(marks[layout.SIGNATURE_COUNT]):
        span = layout.SIGNATURES + 2 * index
        out = copy_value(data, marks[span], marks[span + 1], buffer, out if index == 0 else _end_fact(buffer, out))
    marks[layout.SIGNATURES_END] = out


@compiled
def _write_users(
    data: bytes, marks: NDArray[np.int64], first: int, count: int, buffer: NDArray[np.uint8], out: int
) -> int:
    """Write `count` users, each followed by a separator."""
    for index in range(count):
        out = write_user(data, marks, first + layout.SPAN * index, buffer, out)
        buffer[out] = layout.SEPARATOR
        out += 1
    return out


@compiled
def _is_same_user(data: bytes, marks: NDArray[np.int64], span: int, other: int) -> bool:
    """Return whether two users with their parameters hold the same bytes."""
    return _is_same(data, marks[span], marks[span + 1], marks[other], marks[other + 1]) and _is_same(
        data, marks[span + 1], marks[span + 2], marks[other + 1], marks[other + 2]
    )


@compiled
def _end_fact(buffer: NDArray[np.uint8], out: int) -> int:
    """Write the separator after a fact."""
    buffer[out] = 0
    return out + 1


@compiled
def _write_trunk(
    data: bytes, config: NDArray[np.uint8], buffer: NDArray[np.uint8], out: int, marks: NDArray[np.int64]
) -> int:
    """Write the trunk from the configured source; nothing if the field occurs twice, as one may be forged."""
    origin = config[layout.TRUNK_FROM]
    if origin == layout.FIXED_TRUNK:
        for position in range(config[layout.TRUNK_NAME]):
            buffer[out] = config[layout.TRUNK_NAME + 1 + position]
            out += 1
    elif origin == layout.HEADER_TRUNK and marks[layout.COUNTS + layout.TRUNK] == 1:
        start, end = marks[layout.STARTS + layout.TRUNK], marks[layout.ENDS + layout.TRUNK]
        if end - start <= layout.LONGEST_USER:
            out = write_text(data, start, end, buffer, out)
    elif origin == layout.GROUP_TRUNK and marks[layout.COUNTS + layout.CONTACT] == 1:
        out = write_group(data, marks[layout.STARTS + layout.CONTACT], marks[layout.ENDS + layout.CONTACT], buffer, out)
    return out


@compiled
def _write_original_callee(
    data: bytes, callee: int, callee_end: int, buffer: NDArray[np.uint8], out: int, marks: NDArray[np.int64]
) -> int:
    """Write the callee before diversion; History-Info is also present without diversion."""
    start, end = find_diverted_user(
        data, marks[layout.STARTS + layout.HISTORY], marks[layout.ENDS + layout.HISTORY], False
    )
    if start == end or _is_same(data, start, end, callee, callee_end):
        start, end = find_diverted_user(
            data, marks[layout.STARTS + layout.DIVERSION], marks[layout.ENDS + layout.DIVERSION], True
        )
    return write_text(data, start, end, buffer, out)


@compiled
def _is_same(data: bytes, start: int, end: int, other_start: int, other_end: int) -> bool:
    """Return whether two spans hold the same bytes."""
    if end - start != other_end - other_start:
        return False
    position = 0
    while start + position < end and data[start + position] == data[other_start + position]:
        position += 1
    return start + position == end
