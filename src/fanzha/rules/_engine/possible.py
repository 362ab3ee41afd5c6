"""Where a rule may fire, judged before its windows are computed: by its conditions without windows, and by bounds."""

from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine.evaluate import Evaluator, Mask, Numbers, is_truth
from fanzha.rules._engine.program import present_windows
from fanzha.rules.tree import (
    Binary,
    Expression,
    Member,
    NumberLiteral,
    Points,
    WindowExpression,
    conjuncts,
)
from fanzha.rules.window_specs import lower
from fanzha.windows import WindowSpec


class WindowBounds(Protocol):
    """Upper bounds of counts, known before the windows are computed."""

    def upper(self, spec: WindowSpec, at: Evaluator) -> Numbers | None:
        """Return for each row a number that the count is certain not to exceed; None if nothing is known."""


@lru_cache(maxsize=65_536)
def is_plain(node: Expression) -> bool:
    """Return whether an expression reads no window."""
    return next(present_windows(node), None) is None


def may_be_true(node: Expression, at: Evaluator, bounds: WindowBounds | None = None) -> Mask:
    """Return where a condition may be true; where it cannot, its windows need not be computed.

    `at` needs no window values. False only where the condition is certainly false or unknown.
    """
    if is_plain(node):
        return at.true(node)
    match node:
        case Binary(operator="and"):
            # What needs no bounds comes first: it leaves fewer rows to look up.
            return _all_may_be_true(tuple(sorted(conjuncts(node), key=lambda part: not is_plain(part))), at, bounds)
        case Binary(operator="or", left=left, right=right):
            return may_be_true(left, at, bounds) | may_be_true(right, at, bounds)
        case Binary(operator=">=" | ">" | "=" as operator, left=left, right=NumberLiteral(value=limit)):
            upper = _upper(left, at, bounds)
            if upper is not None:
                return upper > limit if operator == ">" else upper >= limit
        case Member(operand=operand, values=values, negated=False, operator="in") if values and not node.list:
            numbers = [value.value for value in values if isinstance(value, NumberLiteral)]
            upper = _upper(operand, at, bounds)
            if upper is not None and len(numbers) == len(values):
                return upper >= min(numbers)
    return np.ones(len(at.rows), np.bool_)


def _all_may_be_true(conditions: tuple[Expression, ...], at: Evaluator, bounds: WindowBounds | None) -> Mask:
    """Return where all conditions may be true; each is judged only where those before it may be."""
    holds = may_be_true(conditions[0], at, bounds)
    if len(conditions) == 1 or not holds.any():
        return holds
    if holds.all():
        return holds & _all_may_be_true(conditions[1:], at, bounds)
    rows, narrowed = at.remaining_rows(conditions[:1], holds)
    result = np.zeros(len(holds), np.bool_)
    result[rows] = _all_may_be_true(conditions[1:], narrowed, bounds)
    return result


def _upper(node: Expression, at: Evaluator, bounds: WindowBounds | None) -> Numbers | None:
    """Return upper bounds of a number, -inf where it is certainly unknown; None if nothing is known."""
    match node:
        case WindowExpression(what="count" | "distinct"):
            return None if bounds is None else bounds.upper(lower(node).specs[0], at)
        case Binary(operator="+", left=left, right=right):
            upper_left, upper_right = _upper(left, at, bounds), _upper(right, at, bounds)
            return None if upper_left is None or upper_right is None else upper_left + upper_right
        case Points(terms=terms):
            total: NDArray[np.float64] = np.zeros(len(at.rows))
            for weight, condition in terms:
                if not isinstance(weight, NumberLiteral):
                    return None
                if weight.value > 0:
                    total += np.where(may_be_true(condition, at, bounds), weight.value, 0.0)
            return total + 1e-9  # the terms may be added in another order
        case _ if is_plain(node) and not is_truth(node, at.fact) and not at.is_text(node):
            return np.nan_to_num(at.numbers(node), nan=-np.inf)
    return None
