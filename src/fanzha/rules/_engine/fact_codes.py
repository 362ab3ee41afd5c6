"""Kind codes of event tables, waits and clocks; adding a table does not change the other codes."""

from collections.abc import Iterable
from zlib import crc32

from fanzha.rules.tree import DecisionPoint
from fanzha.windows.calls import ANSWERED, ENDED, OFFERED

#: The facts of a call and their order in it.
ROLES = {"call_offered": OFFERED, "call_answered": ANSWERED, "call_ended": ENDED}

_MASK = 0x3FFF
_FIRST_POINT = 0x4000  # codes of tables are lower


def fact_code(fact: str) -> int:
    """Return the kind code of an event table."""
    return crc32(fact.encode()) & _MASK


def number_points(points: Iterable[DecisionPoint]) -> dict[DecisionPoint, int]:
    """Return the kind codes of waits and clocks, each different, and different from those of all tables.

    A code depends on the point alone unless two have the same hash: the one whose text is later takes the next free
    code. Raise ValueError for more points than there are codes.
    """
    texts = {point: _point_text(point) for point in points}
    if len(texts) > _FIRST_POINT:
        raise ValueError(f"{len(texts)} waits and clocks, but only {_FIRST_POINT} codes")
    point_of_code: dict[int, DecisionPoint] = {}
    for point, text in sorted(texts.items(), key=lambda item: item[1]):
        number = crc32(text.encode())
        while (code := _FIRST_POINT | (number & _MASK)) in point_of_code:
            number += 1
        point_of_code[code] = point
    return {point: code for code, point in point_of_code.items()}


def _point_text(point: DecisionPoint) -> str:
    if point.every:
        return f"{point.fact} every {point.every} {point.keys} {point.within}"
    return f"{point.fact} {point.still} {point.wait}"
