"""Kind codes of event tables and waits; adding a table does not change the other codes."""

from zlib import crc32

from fanzha.rules.tree import DecisionPoint
from fanzha.windows.calls import ANSWERED, ENDED, OFFERED

#: The facts of a call and their order in it.
ROLES = {"call_offered": OFFERED, "call_answered": ANSWERED, "call_ended": ENDED}


def fact_code(fact: str) -> int:
    """Return the kind code of an event table."""
    return crc32(fact.encode()) & 0x3FFF


def point_code(point: DecisionPoint) -> int:
    """Return the kind code of a decision point: the code of its table, or a separate code for a wait or a clock."""
    if point.every:
        clock = f"{point.fact} every {point.every} {point.keys} {point.within}"
        return 0x4000 | (crc32(clock.encode()) & 0x3FFF)
    if not point.wait:
        return fact_code(point.fact)
    return 0x4000 | (crc32(f"{point.fact} {point.still} {point.wait}".encode()) & 0x3FFF)
