"""Addresses of SIP (RFC 3261 §20.10, §25.1; RFC 3966): name-addr and addr-spec, user parts, parameters."""

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan.letters import (
    AT,
    BACKSLASH,
    COLON,
    COMMA,
    EQUALS,
    IS_SPACE,
    LESS,
    MORE,
    PLUS,
    QUESTION,
    QUOTE,
    SEMICOLON,
    SIP,
    SIPS,
    TEL,
    URN,
    is_word,
    skip_quoted,
    skip_space,
)

NO_URI, KNOWN_URI, URN_URI, OTHER_URI, DOUBTFUL_URI = 0, 1, 2, 3, 4


@compiled
def find_address(data: bytes, start: int, end: int, listed: bool) -> tuple[int, int, int]:
    """Return where the URI of an address starts and ends and where its parameters begin; start -1: it is malformed.

    In a list a comma ends the address; elsewhere one outside quotes is no part of a display name (RFC 4475 §3.1.2.15).
    """
    place = skip_space(data, start, end)
    first, stop, colon = place, place, False
    while place < end:
        byte = data[place]
        if byte == QUOTE and not colon:
            place = skip_quoted(data, place, end)
            if place < 0:
                return -1, 0, 0
            continue
        if byte == LESS:
            return (-1, 0, 0) if colon else _enclosed(data, place + 1, end)
        if byte in (SEMICOLON, MORE) or (byte == COMMA and (listed or not colon)):
            break
        if byte == COLON:
            colon = True
        if not IS_SPACE[byte]:
            if colon and place > stop and stop > first:
                return -1, 0, 0  # white space within the URI
            stop = place + 1
        place += 1
    if not colon or (place < end and (data[place] == MORE or (data[place] == COMMA and not listed))):
        return -1, 0, 0
    return first, stop, place


@compiled
def _enclosed(data: bytes, start: int, end: int) -> tuple[int, int, int]:
    """Return the span of the URI between < and >, and the place after it."""
    for place in range(start, end):
        byte = data[place]
        if byte == MORE:
            return (start, place, place + 1) if place > start else (-1, 0, 0)
        if IS_SPACE[byte] or byte == LESS:
            break
    return -1, 0, 0


@compiled
def next_address(data: bytes, place: int, end: int) -> int:
    """Return where the next address of a list begins, or `end`: after a comma outside quotes and brackets."""
    inside = False
    while place < end:
        byte = data[place]
        if byte == QUOTE:
            place = skip_quoted(data, place, end)
            if place < 0:
                return end
            continue
        if byte == LESS:
            inside = True
        elif byte == MORE:
            inside = False
        elif byte == COMMA and not inside:
            return place + 1
        place += 1
    return end


@compiled
def user_of(data: bytes, start: int, end: int) -> tuple[int, int, int, int]:
    """Return a URI's kind, and where its user part starts, ends, and ends with its parameters.

    Of a service URN (RFC 5031) the user is the whole URN. A sip URI with two @, or with header fields of its own, is
    DOUBTFUL: parsers differ on it.
    """
    colon = start
    while colon < end and data[colon] != COLON:
        colon += 1
    if colon == end:
        return NO_URI, start, start, start
    if is_word(data, start, colon, TEL):
        return KNOWN_URI, colon + 1, _first(data, colon + 1, end, SEMICOLON, QUESTION), end
    if is_word(data, start, colon, URN):
        return URN_URI, start, end, end
    if not (is_word(data, start, colon, SIP) or is_word(data, start, colon, SIPS)):
        return OTHER_URI, start, start, start
    user = colon + 1
    at_sign = _first(data, user, end, AT, AT)
    if at_sign == end:
        kind = KNOWN_URI if _first(data, user, end, QUESTION, QUESTION) == end else DOUBTFUL_URI
        return kind, user, user, user
    kind = KNOWN_URI if _first(data, at_sign + 1, end, AT, QUESTION) == end else DOUBTFUL_URI
    return kind, user, _first(data, user, at_sign, SEMICOLON, COLON), at_sign


@compiled
def _first(data: bytes, start: int, end: int, one: int, other: int) -> int:
    """Return where the first of two bytes stands, or `end`."""
    place = start
    while place < end and data[place] != one and data[place] != other:
        place += 1
    return place


@compiled
def is_number(data: bytes, start: int, end: int) -> bool:
    """Whether a user part looks like a telephone number: a digit, after + or not."""
    if start < end and data[start] == PLUS:
        start += 1
    return bool(start < end and 48 <= data[start] <= 57)


@compiled
def parameter(data: bytes, place: int, end: int, word: int) -> tuple[int, int]:
    """Return the span of the value of the parameter ;word=, empty where it has none; (-1, 0): there is no such one."""
    while place < end:
        place = skip_space(data, place, end)
        if place == end or data[place] != SEMICOLON:
            return -1, 0
        name = place = skip_space(data, place + 1, end)
        while place < end and data[place] != SEMICOLON and data[place] != EQUALS and data[place] != COMMA:
            if IS_SPACE[data[place]]:
                break
            place += 1
        found = is_word(data, name, place, word)
        value, place = parameter_value(data, place, end)
        if place < 0:
            return -1, 0
        if found:
            return value, place
    return -1, 0


@compiled
def parameter_value(data: bytes, place: int, end: int) -> tuple[int, int]:
    """Return where the value after a parameter's name starts and ends, the same where it has none; -1: malformed."""
    after = skip_space(data, place, end)
    if after == end or data[after] != EQUALS:
        return place, place
    value = place = skip_space(data, after + 1, end)
    if place < end and data[place] == QUOTE:
        return value, skip_quoted(data, place, end)
    while place < end and data[place] != SEMICOLON and data[place] != COMMA and not IS_SPACE[data[place]]:
        if data[place] == QUOTE or data[place] == BACKSLASH:
            return value, -1
        place += 1
    return value, place
