"""Kinds of subject: one module per kind, which parses, normalises, masks and describes its values."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.kinds._kind import ExchangeName, Fact, SubjectKind

__all__ = ["ExchangeName", "Fact", "Kind", "SubjectKind", "all_kinds"]

Kind = SubjectKind  # the former name, for plug-ins


@cache
def all_kinds() -> dict[str, SubjectKind]:
    """Return every kind by name."""
    return load("fanzha.kinds", "KIND", SubjectKind)
