"""Translate windows of the language to kernel windows: mean and the shares use two, surge is arithmetic on two."""

from dataclasses import dataclass, replace
from functools import lru_cache

from fanzha.rules._engine.fact_codes import fact_code
from fanzha.rules.expression_key import expression_key
from fanzha.rules.tree import (
    Binary,
    Expression,
    FieldReference,
    IsKnown,
    NumberLiteral,
    SourceLocation,
    Type,
    WindowExpression,
)
from fanzha.windows import CHINA_MS, DAY_MS, Aggregate, WindowSpec

MOST_SQUARE = 2.0**61  # of a value that stddev takes; the kernel knows no larger numbers


@dataclass(frozen=True)
class Lowered:
    """The kernel windows of one window of the language, and the columns to compute beforehand."""

    window: WindowExpression
    specs: tuple[WindowSpec, ...]
    selected: tuple[Expression, ...]  # columns of the selected facts: keys, value, gates
    present: tuple[Expression, ...]  # columns of the present fact: its keys


@lru_cache(maxsize=4096)
def lower(window: WindowExpression) -> Lowered:
    """Return the kernel windows of a window of the language; surge must be expanded before."""
    where = window.where
    match window.what:
        case "mean":
            assert window.value is not None
            where_known = _and(where, IsKnown(window.location, window.value))
            aggregates = [(Aggregate.SUM, window.value, where), (Aggregate.COUNT, None, where_known)]
        case "share":
            assert window.value is not None
            where_known = _and(where, IsKnown(window.location, window.value))
            aggregates = [(Aggregate.COUNT, None, _and(where, window.value)), (Aggregate.COUNT, None, where_known)]
        case "stddev":
            assert window.value is not None
            square = Binary(window.location, "*", window.value, window.value)
            limit = NumberLiteral(window.location, MOST_SQUARE)
            summed = _and(where, Binary(window.location, "<=", square, limit))
            aggregates = [
                (Aggregate.SUM, window.value, summed),
                (Aggregate.SUM, square, summed),
                (Aggregate.COUNT, None, summed),
            ]
        case "top_share":
            assert window.value is not None
            where_known = _and(where, IsKnown(window.location, window.value))
            aggregates = [(Aggregate.MODE_COUNT, window.value, where), (Aggregate.COUNT, None, where_known)]
        case "active_days":
            aggregates = [(Aggregate.DISTINCT, _day(window.location), where)]
        case "count" | "gap" | "age":
            aggregates = [(Aggregate(window.what), None, where)]
        case _:
            aggregates = [(Aggregate(window.what), window.value, where)]
    specs = tuple(_spec(window, what, value, gate) for what, value, gate in aggregates)
    keys = tuple(key.selected for key in window.keys)
    parts = [window.result, *(node for _, value, gate in aggregates for node in (value, gate))]
    columns = [node for node in parts if node is not None]
    return Lowered(window, specs, (*keys, *columns), tuple(key.present for key in window.keys))


def _spec(window: WindowExpression, what: Aggregate, value: Expression | None, gate: Expression | None) -> WindowSpec:
    keys = tuple(expression_key(key.selected) for key in window.keys)
    asking_keys = tuple(expression_key(key.present) for key in window.keys)
    return WindowSpec(
        what=what,
        source=fact_code(window.source),
        keys=keys,
        asking_keys=() if asking_keys == keys else asking_keys,
        span=window.span,
        value=expression_key(value) if value is not None else "",
        gate=expression_key(gate) if gate is not None else "",
        before=window.before,
        result=expression_key(window.result) if window.result is not None else "",
    )


def _day(location: SourceLocation) -> Expression:
    """Return the number of a fact's calendar day since 1970 in China time, once it is rounded to a whole number.

    The halves keep it at least half a millisecond away from the midpoint between two whole numbers at any moment.
    """
    moment = Binary(
        location, "+", FieldReference(location, "occurred_at"), NumberLiteral(location, CHINA_MS + 0.5, Type.DURATION)
    )
    days = Binary(location, "/", moment, NumberLiteral(location, float(DAY_MS), Type.DURATION))
    return Binary(location, "-", days, NumberLiteral(location, 0.5))


def _and(left: Expression | None, right: Expression) -> Expression:
    return right if left is None else Binary(right.location, "and", left, right)


def expand_surge(window: WindowExpression) -> Expression:
    """Return a surge as arithmetic on counts (docs/reference/rules.md), other windows unchanged."""
    if window.what != "surge":
        return window

    count = replace(window, what="count", against=0)
    longer = replace(count, span=window.against)
    stretches = NumberLiteral(window.location, window.span / (window.against - window.span))
    past = Binary(window.location, "*", Binary(window.location, "-", longer, count), stretches)
    return Binary(window.location, "/", count, past)
