"""Walk over JSON text byte by byte: how deep it nests, and where the objects of one level begin and end."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

DEPTH, IN_TEXT, ESCAPED, START = 0, 1, 2, 3  # places in the state
OUTSIDE = -(1 << 60)  # the state's START outside an object


def fresh_state() -> NDArray[np.int64]:
    """Return the state before the first byte."""
    return np.array([0, 0, 0, OUTSIDE], np.int64)


@compiled
def scan(
    data: NDArray[np.uint8], base: int, state: NDArray[np.int64], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> tuple[int, int]:
    """Find objects that open at nesting depth `base`; return (how many, the greatest depth seen).

    `state` goes on from one piece of the text to the next; before that, the caller moves state[START] back by the
    length of the piece, so that an object begun earlier starts at a negative place.
    """
    depth, in_text, escaped, start = state[0], state[1], state[2], state[3]
    found, deepest = 0, depth
    for at in range(len(data)):
        sign = data[at]
        if in_text:
            if escaped:
                escaped = 0
            elif sign == 92:
                escaped = 1
            elif sign == 34:
                in_text = 0
        elif sign == 34:
            in_text = 1
        elif sign == 123 or sign == 91:
            if sign == 123 and depth == base and start == OUTSIDE:
                start = at
            depth += 1
            deepest = max(deepest, depth)
        elif sign == 125 or sign == 93:
            depth = max(0, depth - 1)
            if sign == 125 and depth == base and start != OUTSIDE:
                if found < len(starts):
                    starts[found] = start
                    stops[found] = at + 1
                found += 1
                start = OUTSIDE
    state[0], state[1], state[2], state[3] = depth, in_text, escaped, start
    return found, deepest


def deepest(data: bytes) -> int:
    """Return the greatest nesting depth of a text."""
    nothing = np.zeros(0, np.int64)
    return int(scan(np.frombuffer(data, np.uint8), -1, fresh_state(), nothing, nothing)[1])


def level_of_objects(head: bytes) -> int:
    """Return the depth at which a text's records lie.

    Inside the list, when the text is one; else at the top, unless there is a single object on top and a list of several
    objects inside it: an answer that wraps its records.
    """
    if head.lstrip().startswith(b"["):
        return 1
    room = np.empty(len(head) // 2 + 1, np.int64)
    data = np.frombuffer(head, np.uint8)
    inner = _first_list_of_objects(head)
    if not inner or scan(data, 0, fresh_state(), room, room)[0] > 1:
        return 0
    return inner if scan(data, inner, fresh_state(), room, room)[0] > 1 else 0


def _first_list_of_objects(head: bytes) -> int:
    """Return the depth of the first object that is directly inside a list; 0 when there is none."""
    depth, in_text, escaped, last = 0, False, False, 0
    for sign in head:
        if in_text:
            in_text, escaped = (escaped or sign != 34), (not escaped and sign == 92)
        elif sign == 34:
            in_text = True
        elif sign in (123, 91):
            if sign == 123 and last == 91:
                return depth
            depth += 1
        elif sign in (125, 93):
            depth -= 1
        if not in_text and sign not in b" \t\r\n":
            last = sign
    return 0
