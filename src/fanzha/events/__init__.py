"""The facts that sources report: one file an event table, with its columns, types, units and validation."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.events._table import Column, EventTable

__all__ = ["Column", "EventTable", "all_events"]


@cache
def all_events() -> dict[str, EventTable]:
    """Return every event table by name."""
    return load("fanzha.events", "EVENT", EventTable)
