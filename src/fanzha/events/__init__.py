"""The facts that sources report: one file an event table, with its columns, types, units and validation."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.events._table import Column, EventTable

__all__ = ["CALL_FACTS", "Column", "EventTable", "all_events"]

#: The facts of one call, in the order in which they become known.
CALL_FACTS = ("call_offered", "call_answered", "call_ended")


@cache
def all_events() -> dict[str, EventTable]:
    """Return every event table by name."""
    return load("fanzha.events", "EVENT", EventTable)
