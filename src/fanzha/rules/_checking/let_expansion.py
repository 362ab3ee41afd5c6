"""Expand the lets of a rule: the result contains no names."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from fanzha.rules.tree import Expression, Name, Rule, WindowKey


def expand_lets(rule: Rule) -> Rule:
    """Return the rule with every name replaced by its let, and without lets."""
    lets: dict[str, Expression] = {}
    for name, node in rule.lets:
        lets[name] = _written_out(node, lets)
    return replace(
        rule,
        lets=(),
        when=_written_out(rule.when, lets),
        unless=None if rule.unless is None else _written_out(rule.unless, lets),
        score=_written_out(rule.score, lets),
    )


def _written_out(piece: Any, lets: Mapping[str, Expression]) -> Any:
    """Return a node, key or tuple with its names replaced; one without names is returned unchanged."""
    if isinstance(piece, Name):
        return lets[piece.name]
    if isinstance(piece, tuple):
        parts = tuple(_written_out(part, lets) for part in piece)
        return parts if any(a is not b for a, b in zip(parts, piece, strict=True)) else piece
    if isinstance(piece, Expression | WindowKey):
        values = {field.name: getattr(piece, field.name) for field in fields(piece)}
        written = {name: _written_out(part, lets) for name, part in values.items()}
        if any(written[name] is not part for name, part in values.items()):
            return replace(piece, **written)
    return piece
