"""Event tables: one module per table, with columns, types, units and validation."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.events._table import ENVELOPE, Column, EventTable

__all__ = ["CALL_FACTS", "ENVELOPE", "Column", "EventTable", "all_events", "source_events"]

#: The event tables of one call, in order of time.
CALL_FACTS = ("call_offered", "call_answered", "call_ended")


@cache
def all_events() -> dict[str, EventTable]:
    """Return every event table by name."""
    return load("fanzha.events", "EVENT", EventTable)


@cache
def source_events() -> dict[str, EventTable]:
    """Return by name the event tables that a source can hold: all but those that the analysis makes itself."""
    return {name: table for name, table in all_events().items() if not table.derived}
