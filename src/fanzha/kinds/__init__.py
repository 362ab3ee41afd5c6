"""Kinds of subject: one module per kind, which parses, normalises, masks and describes its values."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.kinds._kind import Fact, Kind

__all__ = ["Fact", "Kind", "all_kinds"]


@cache
def all_kinds() -> dict[str, Kind]:
    """Return every kind by name."""
    return load("fanzha.kinds", "KIND", Kind)
