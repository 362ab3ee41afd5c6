"""Which windows of a rule must have been complete before a firing can be relied on.

A window that has not seen its whole span yet counts too few facts. Where a condition can only become truer by more
facts (`count(...) >= 30`), a rule that fires on too few would fire on all; such windows are not waited for.
"""

from collections.abc import Iterator

from fanzha.events import all_events
from fanzha.rules._engine.program import present_windows
from fanzha.rules.catalog import FACTS
from fanzha.rules.tree import (
    Binary,
    Expression,
    FieldReference,
    NumberLiteral,
    Points,
    Rule,
    Type,
    Unary,
    WindowExpression,
    children,
)

_AT_LEAST, _AT_MOST = (">=", ">"), ("<=", "<")


def awaited_windows(rule: Rule) -> set[WindowExpression]:
    """Return the windows of a checked rule, with lets expanded, whose missing facts could make it fire wrongly."""
    awaited = {*_of_condition(rule.when, truer=True), *_of_number(rule.score, higher=True)}
    if rule.unless is not None:
        awaited |= {*_of_condition(rule.unless, truer=False)}
    return awaited


def _of_condition(node: Expression, *, truer: bool) -> Iterator[WindowExpression]:
    """Yield the windows whose missing facts could make a condition true (`truer`), or not true, wrongly."""
    match node:
        case Binary(operator="and" | "or", left=left, right=right):
            yield from _of_condition(left, truer=truer)
            yield from _of_condition(right, truer=truer)
        case Binary(operator=operator, left=left, right=right) if operator in (*_AT_LEAST, *_AT_MOST):
            yield from _of_number(left, higher=truer == (operator in _AT_LEAST))
            yield from _of_number(right, higher=truer == (operator in _AT_MOST))
        case Unary(operator="not", operand=operand):
            yield from _of_condition(operand, truer=not truer)
        case _:
            yield from present_windows(node)


def _of_number(node: Expression, *, higher: bool) -> Iterator[WindowExpression]:
    """Yield the windows whose missing facts could make a number too high (`higher`), or too low."""
    match node:
        case Points(terms=terms) if all(_is_positive(weight) for weight, _ in terms):
            for _, condition in terms:
                yield from _of_condition(condition, truer=higher)
        case Binary(operator="+" | "-" as operator, left=left, right=right):
            yield from _of_number(left, higher=higher)
            yield from _of_number(right, higher=higher == (operator == "+"))
        case Binary(operator="*", left=left, right=right) if _is_positive(left):
            yield from _of_number(right, higher=higher)
        case Binary(operator="*" | "/", left=left, right=right) if _is_positive(right):
            yield from _of_number(left, higher=higher)
        case WindowExpression() if higher and _only_grows(node):
            return
        case _:
            yield from present_windows(node)


def _is_positive(node: Expression) -> bool:
    return isinstance(node, NumberLiteral) and node.value > 0


def _only_grows(window: WindowExpression) -> bool:
    """Return whether more facts never lower a window's value."""
    parts = [part for part in children(window) if any(True for _ in present_windows(part))]
    if parts:  # windows inside a filter or a value may let through facts that they would not
        return False
    return window.what in ("count", "distinct", "active_days", "max") or (
        window.what == "sum" and _is_never_negative(window)
    )


def _is_never_negative(window: WindowExpression) -> bool:
    value = window.value
    if not isinstance(value, FieldReference):
        return False
    field = FACTS[window.source][value.name]
    low = all_events()[field.table].column(field.column).low if field.column else None
    return field.type is Type.DURATION or (low is not None and low >= 0)
