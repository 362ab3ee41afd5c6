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
    """Return the depth at which a text's records lie: that of the first object directly inside a list, else 0."""
    depth, in_text, escaped, last = 0, False, False, 0
    for sign in head[:65_536]:
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
