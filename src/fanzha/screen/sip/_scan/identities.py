"""Caller identities and diversions: P-Asserted-Identity, Privacy, Diversion, History-Info, trunk groups."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip._scan.addresses import (
    DOUBTFUL_URI,
    find_address,
    find_identity,
    find_parameter,
    find_user,
    is_number,
    next_address,
)
from fanzha.screen.sip._scan.letters import (
    AT,
    HEADER,
    HEX_VALUE,
    ID,
    IS_TOKEN,
    PERCENT,
    PHONE_CONTEXT,
    PHONE_CONTEXT_LABEL,
    PLUS,
    TGRP,
    TRUNK_CONTEXT,
    USER,
    is_word,
    skip_space,
    write_label,
)
from fanzha.screen.sip._scan.lines import set_fault


@compiled
def store_span(marks: NDArray[np.int64], mark: int, user: int, user_end: int, parameters_end: int) -> None:
    """Store the span of a user and the end of its parameters."""
    marks[mark], marks[mark + 1], marks[mark + 2] = user, user_end, parameters_end


@compiled
def _check_identity(kind: int, marks: NDArray[np.int64]) -> None:
    if kind == DOUBTFUL_URI:
        set_fault(marks, layout.BAD_HEADER)


@compiled
def read_asserted(data: bytes, start: int, end: int, marks: NDArray[np.int64]) -> None:
    """Mark the first asserted identity (RFC 3325 §9.1), a telephone number before any other name.

    Further numbers are claims.
    """
    while start < end:
        uri, stop, _ = find_address(data, start, end, True)
        if uri >= 0:
            kind, user, user_end, parameters_end = find_identity(data, uri, stop)
            _check_identity(kind, marks)
            number = is_number(data, user, user_end)
            first = marks[layout.ASSERTED_USER + 1] == 0
            if user_end > user and (first or (number and not marks[layout.ASSERTED_NUMBER])):
                store_span(marks, layout.ASSERTED_USER, user, user_end, parameters_end)
                marks[layout.ASSERTED_NUMBER] = number
            elif number:
                _store_claim(marks, user, user_end, parameters_end)
        start = next_address(data, start, end)


@compiled
def read_claims(data: bytes, start: int, end: int, marks: NDArray[np.int64]) -> None:
    """Mark every user of a list of addresses as a claimed identity of the caller."""
    while start < end:
        uri, stop, _ = find_address(data, start, end, True)
        if uri >= 0:
            kind, user, user_end, parameters_end = find_identity(data, uri, stop)
            _check_identity(kind, marks)
            if user_end > user:
                _store_claim(marks, user, user_end, parameters_end)
        start = next_address(data, start, end)


@compiled
def _store_claim(marks: NDArray[np.int64], user: int, user_end: int, parameters_end: int) -> None:
    count = marks[layout.CLAIM_COUNT]
    if count == layout.MAX_CLAIMS:
        set_fault(marks, layout.TOO_MANY_IDENTITIES)
        return
    store_span(marks, layout.CLAIMS + layout.SPAN * count, user, user_end, parameters_end)
    marks[layout.CLAIM_COUNT] = count + 1


@compiled
def read_signature(start: int, end: int, marks: NDArray[np.int64]) -> None:
    """Mark the value of an Identity header field (RFC 8224)."""
    count = marks[layout.SIGNATURE_COUNT]
    if count == layout.MAX_SIGNATURES:
        set_fault(marks, layout.TOO_MANY_IDENTITIES)
        return
    marks[layout.SIGNATURES + 2 * count], marks[layout.SIGNATURES + 2 * count + 1] = start, end
    marks[layout.SIGNATURE_COUNT] = count + 1


@compiled
def read_diversions(data: bytes, start: int, end: int, marks: NDArray[np.int64]) -> None:
    """Mark the users of Diversion or History-Info; those beyond MAX_DIVERSIONS are not read."""
    while start < end and marks[layout.DIVERSION_COUNT] < layout.MAX_DIVERSIONS:
        uri, stop, _ = find_address(data, start, end, True)
        if uri >= 0:
            _, user, user_end, parameters_end = find_user(data, uri, stop)
            if user_end > user:
                mark = layout.DIVERSIONS + layout.SPAN * marks[layout.DIVERSION_COUNT]
                store_span(marks, mark, user, user_end, parameters_end)
                marks[layout.DIVERSION_COUNT] += 1
        start = next_address(data, start, end)


@compiled
def read_privacy(data: bytes, position: int, end: int, marks: NDArray[np.int64]) -> None:
    """Mark whether the caller requests privacy: id, user or header (RFC 3323 §4.2, RFC 3325 §9.3)."""
    while position < end:
        position = first = skip_space(data, position, end)
        while position < end and IS_TOKEN[data[position]]:
            position += 1
        if (
            is_word(data, first, position, ID)
            or is_word(data, first, position, USER)
            or is_word(data, first, position, HEADER)
        ):
            marks[layout.PRIVATE] = 1
        position = position + 1


@compiled
def find_diverted_user(data: bytes, start: int, end: int, last: bool) -> tuple[int, int]:
    """Return the span of the user of the first or last address of a list; empty without one.

    The original target is the first of History-Info (RFC 7044 §5) and the last of Diversion (RFC 5806 §4).
    """
    user, user_end = start, start
    while start < end:
        uri, stop, _ = find_address(data, start, end, True)
        if uri >= 0:
            _, user, user_end, _ = find_user(data, uri, stop)
        if not last:
            break
        start = next_address(data, start, end)
    return user, user_end


@compiled
def write_group(data: bytes, start: int, end: int, buffer: NDArray[np.uint8], out: int) -> int:
    """Write the trunk group of a Contact as tgrp@trunk-context; return where it ends.

    RFC 4904 §5: the group of the Contact is the originating one, that of a Request-URI the terminating one.
    """
    uri, stop, _ = find_address(data, start, end, True)
    if uri < 0:
        return out
    _, _, position, user_end = find_user(data, uri, stop)
    group, group_end = find_parameter(data, position, user_end, TGRP)
    if group < 0 or group == group_end:
        return out
    out = write_text(data, group, group_end, buffer, out)
    context, context_end = find_parameter(data, position, user_end, TRUNK_CONTEXT)
    if context >= 0 and context_end > context:
        buffer[out] = AT
        out = write_text(data, context, context_end, buffer, out + 1)
    return out


@compiled
def write_user(data: bytes, marks: NDArray[np.int64], span: int, buffer: NDArray[np.uint8], out: int) -> int:
    """Write the user of a span as `write_text`; of a local number also a context of digits (RFC 3966 §5.1.5).

    An identity of the caller that is cut off is a fault unless it begins with a letter: signs that no display shows
    could fill it up to its number.
    """
    user, user_end, parameters_end = marks[span], marks[span + 1], marks[span + 2]
    begin, out = out, write_text(data, user, user_end, buffer, out)
    is_callers = span != layout.CALLEE_USER and span < layout.DIVERSIONS
    if is_callers and user_end - user > layout.LONGEST_USER and out - begin == layout.LONGEST_USER:
        letter = buffer[begin] | 32
        if letter < 97 or letter > 122:
            set_fault(marks, layout.BAD_HEADER)
    if user == user_end or data[user] == PLUS:
        return out
    context, context_end = find_parameter(data, user_end, parameters_end, PHONE_CONTEXT)
    if 0 <= context < context_end and data[context] == PLUS:
        out = write_text(data, context, context_end, buffer, write_label(buffer, out, PHONE_CONTEXT_LABEL))
    return out


@compiled
def write_text(data: bytes, start: int, end: int, buffer: NDArray[np.uint8], out: int) -> int:
    """Write at most LONGEST_USER bytes with their %-escapes undone, but for those of control characters.

    Remaining control characters become ?, because NUL separates facts.
    """
    stop = out + layout.LONGEST_USER
    position = start
    while position < end and out < stop:
        byte = np.int64(data[position])
        if byte == PERCENT and position + 2 < end:
            value = HEX_VALUE[data[position + 1]] * 16 + HEX_VALUE[data[position + 2]]
            if (
                HEX_VALUE[data[position + 1]] >= 0
                and HEX_VALUE[data[position + 2]] >= 0
                and value >= 32
                and value != 127
            ):
                byte = value
                position += 2
        buffer[out] = 63 if byte < 32 or byte == 127 else byte
        out += 1
        position += 1
    return out
