"""Addresses of SIP (RFC 3261 §20.10, §25.1; RFC 3966): name-addr and addr-spec, user parts, parameters."""

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan.letters import (
    AT,
    BACKSLASH,
    COLON,
    COMMA,
    DOT,
    EQUALS,
    HEX_VALUE,
    IS_SPACE,
    IS_TOKEN,
    LESS,
    MORE,
    PERCENT,
    PLUS,
    QUESTION,
    QUOTE,
    SEMICOLON,
    SIP,
    SIPS,
    SPACE,
    TEL,
    URN,
    is_word,
    skip_quoted,
    skip_space,
)

NO_URI, KNOWN_URI, URN_URI, OTHER_URI, DOUBTFUL_URI = 0, 1, 2, 3, 4


@compiled
def find_address(data: bytes, start: int, end: int, listed: bool) -> tuple[int, int, int]:
    """Return start and end of an address's URI and the start of its parameters; start -1 if malformed.

    In a list a comma ends the address; elsewhere a comma outside quotes is no part of a display name (RFC 4475
    §3.1.2.15).
    """
    position = skip_space(data, start, end)
    first, stop, colon = position, position, False
    while position < end:
        byte = data[position]
        if byte == QUOTE and not colon:
            position = skip_quoted(data, position, end)
            if position < 0:
                return -1, 0, 0
            continue
        if byte == LESS:
            return (-1, 0, 0) if colon else _enclosed(data, position + 1, end)
        if byte in (SEMICOLON, MORE) or (byte == COMMA and (listed or not colon)):
            break
        if byte == COLON:
            colon = True
        if not IS_SPACE[byte]:
            if colon and position > stop and stop > first:
                return -1, 0, 0  # white space within the URI
            stop = position + 1
        position += 1
    if not colon or (position < end and (data[position] == MORE or (data[position] == COMMA and not listed))):
        return -1, 0, 0
    return first, stop, position


@compiled
def _enclosed(data: bytes, start: int, end: int) -> tuple[int, int, int]:
    """Return the span of the URI between < and >, and the position after it."""
    for position in range(start, end):
        byte = data[position]
        if byte == MORE:
            return (start, position, position + 1) if position > start else (-1, 0, 0)
        if IS_SPACE[byte] or byte == LESS:
            break
    return -1, 0, 0


@compiled
def next_address(data: bytes, position: int, end: int) -> int:
    """Return the start of the next address of a list, or `end`: after a comma outside quotes and brackets."""
    inside = False
    while position < end:
        byte = data[position]
        if byte == QUOTE:
            position = skip_quoted(data, position, end)
            if position < 0:
                return end
            continue
        if byte == LESS:
            inside = True
        elif byte == MORE:
            inside = False
        elif byte == COMMA and not inside:
            return position + 1
        position += 1
    return end


@compiled
def is_single(data: bytes, start: int, end: int) -> bool:
    """Return whether a value holds one address: no comma outside quotes and brackets (RFC 3261 §20.20)."""
    inside = False
    position = start
    while position < end:
        byte = data[position]
        if byte == QUOTE:
            position = skip_quoted(data, position, end)
            if position < 0:
                return False
            continue
        if byte == LESS:
            inside = True
        elif byte == MORE:
            inside = False
        elif byte == COMMA and not inside:
            return False
        position += 1
    return True


@compiled
def find_user(data: bytes, start: int, end: int) -> tuple[int, int, int, int]:
    """Return a URI's kind, and start, end and end with parameters of its user part.

    The user of a service URN (RFC 5031) is the whole URN. A SIP URI with two @, a telephone URI with one, a URI with
    header fields of its own, or one whose user part begins with its parameters or password, is DOUBTFUL, because
    parsers differ on it.
    """
    colon = start
    while colon < end and data[colon] != COLON:
        colon += 1
    if colon == end:
        return NO_URI, start, start, start
    if is_word(data, start, colon, TEL):
        kind = KNOWN_URI if _first(data, colon + 1, end, QUESTION, AT) == end else DOUBTFUL_URI
        if colon + 1 < end and data[colon + 1] == SEMICOLON:
            kind = DOUBTFUL_URI
        return kind, colon + 1, _first(data, colon + 1, end, SEMICOLON, SEMICOLON), end
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
    if data[user] == SEMICOLON or data[user] == COLON:
        kind = DOUBTFUL_URI
    return kind, user, _first(data, user, at_sign, SEMICOLON, COLON), at_sign


@compiled
def find_identity(data: bytes, start: int, end: int) -> tuple[int, int, int, int]:
    """Return kind and user part of a URI that names a party, as `find_user`.

    Without a user part the host is used if it looks like a number, because some telephones show it. A user
    part with a malformed escape, a host with any escape there, and a URI with a control character, are DOUBTFUL.
    """
    kind, user, user_end, parameters_end = find_user(data, start, end)
    if kind == KNOWN_URI and user == user_end:
        host_end = _first(data, user, end, AT, SEMICOLON)
        if _first(data, user, host_end, PERCENT, PERCENT) < host_end:
            kind = DOUBTFUL_URI
    if kind == KNOWN_URI and user == user_end and is_number(data, user, end):
        user_end = _first(data, user, _first(data, user, end, SEMICOLON, QUESTION), COLON, COLON)
        parameters_end = user_end
        for position in range(user, user_end):
            if data[position] == DOT:
                user_end = user
                break
    for position in range(start, end):
        if data[position] < SPACE or data[position] == 127:
            kind = DOUBTFUL_URI
    for position in range(user, user_end):
        if data[position] == PERCENT and not (
            position + 2 < user_end and HEX_VALUE[data[position + 1]] >= 0 and HEX_VALUE[data[position + 2]] >= 0
        ):
            kind = DOUBTFUL_URI
    return kind, user, user_end, parameters_end


@compiled
def _first(data: bytes, start: int, end: int, first_byte: int, second_byte: int) -> int:
    """Return the position of the first of two bytes, or `end`."""
    position = start
    while position < end and data[position] != first_byte and data[position] != second_byte:
        position += 1
    return position


@compiled
def is_number(data: bytes, start: int, end: int) -> bool:
    """Return whether a user part looks like a telephone number: a digit, optionally after +."""
    if start < end and data[start] == PLUS:
        start += 1
    return bool(start < end and 48 <= data[start] <= 57)


@compiled
def find_parameter(data: bytes, position: int, end: int, word: int) -> tuple[int, int]:
    """Return the span of the value of ;word=, empty without a value; (-1, 0) without the parameter."""
    while position < end:
        position = skip_space(data, position, end)
        if position == end or data[position] != SEMICOLON:
            return -1, 0
        name = position = skip_space(data, position + 1, end)
        while position < end and data[position] != SEMICOLON and data[position] != EQUALS and data[position] != COMMA:
            if IS_SPACE[data[position]]:
                break
            position += 1
        matches = is_word(data, name, position, word)
        value, position = parameter_value(data, position, end)
        if position < 0:
            return -1, 0
        if matches:
            return value, position
    return -1, 0


@compiled
def has_only_parameters(data: bytes, position: int, end: int) -> bool:
    """Return whether the span after an address contains only parameters (RFC 3261 §25.1, generic-param).

    Values may hold any sign but white space, comma and brackets, as equipment writes them.
    """
    position = skip_space(data, position, end)
    while position < end:
        if data[position] != SEMICOLON:
            return False
        position = skip_space(data, position + 1, end)
        while position < end and IS_TOKEN[data[position]]:
            position += 1
        value, position = parameter_value(data, position, end)
        if position < 0:
            return False
        if value < end and data[value] != QUOTE and _first(data, value, position, LESS, MORE) < position:
            return False
        position = skip_space(data, position, end)
    return True


@compiled
def parameter_value(data: bytes, position: int, end: int) -> tuple[int, int]:
    """Return the span of the value after a parameter's name, empty without one; end -1 if malformed."""
    after = skip_space(data, position, end)
    if after == end or data[after] != EQUALS:
        return position, position
    value = position = skip_space(data, after + 1, end)
    if position < end and data[position] == QUOTE:
        return value, skip_quoted(data, position, end)
    while position < end and data[position] != SEMICOLON and data[position] != COMMA and not IS_SPACE[data[position]]:
        if data[position] == QUOTE or data[position] == BACKSLASH:
            return value, -1
        position += 1
    return value, position
