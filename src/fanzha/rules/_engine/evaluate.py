"""Expressions over many facts at once: numbers with NaN for unknown, truth as two masks, text as codes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine.base_columns import is_base, is_text
from fanzha.rules.catalog import FACTS
from fanzha.rules.expression_key import expression_key
from fanzha.rules.tree import (
    Binary,
    BooleanLiteral,
    Expression,
    FieldReference,
    FunctionCall,
    IsKnown,
    Member,
    NumberLiteral,
    Points,
    Rule,
    Type,
    Unary,
    WindowExpression,
    conjuncts,
)
from fanzha.rules.window_specs import expand_surge, lower
from fanzha.windows import CHINA_MS, UNKNOWN

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

_HOUR_MS = 3_600_000
FEW = 4  # if at most a quarter of the rows remain, the other conditions are evaluated on these alone
_COMPARE: dict[str, Callable[[Numbers, Numbers], Mask]] = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
    "=": np.equal,
    "!=": np.not_equal,
}
_OPPOSITE = {">=": "<", "<": ">=", "<=": ">", ">": "<=", "=": "!=", "!=": "="}
_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}  # with operands swapped
_ARITHMETIC: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


@dataclass
class Evaluator:
    """Evaluates over some rows of a stretch that are facts of one table (or waits after them)."""

    fact: str
    columns: Mapping[str, NDArray[np.int64]]
    windows: Mapping[str, NDArray[np.int64]]
    rows: NDArray[np.intp]
    _values: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    _bases: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    _wholes: dict[Expression, NDArray[np.int64]] = field(default_factory=dict)
    _numbers: dict[Expression, Numbers] = field(default_factory=dict)
    _judged: dict[tuple[Expression, bool], Mask] = field(default_factory=dict)
    _narrowed: dict[tuple[Expression, ...], tuple[NDArray[np.intp], "Evaluator"]] = field(default_factory=dict)
    #: Bounds of counts at the rows, by what is counted.
    bounds: dict[tuple[int, tuple[str, ...], tuple[str, ...]], Numbers] = field(default_factory=dict)

    def fires(self, rule: Rule) -> Mask:
        """Return where a rule fires."""
        fires = self._all_true(tuple(conjuncts(rule.when)))
        if rule.unless is not None and fires.any():
            rows = np.flatnonzero(fires)
            fires[rows] = ~self._at(rows).true(rule.unless)
        return fires

    def _all_true(self, conditions: tuple[Expression, ...]) -> Mask:
        """Return where all conditions are true; once few rows remain, evaluate only those."""
        holds = np.ones(len(self.rows), np.bool_)
        for done, condition in enumerate(conditions, start=1):
            holds &= self.true(condition)
            if done < len(conditions) and np.count_nonzero(holds) * FEW <= len(holds):
                rows, narrowed = self.remaining_rows(conditions[:done], holds)
                holds[rows] = narrowed._all_true(conditions[done:]) if len(rows) else False
                break
        return holds

    def remaining_rows(self, conditions: tuple[Expression, ...], holds: Mask) -> tuple[NDArray[np.intp], "Evaluator"]:
        """Return the rows that pass these conditions, cached for rules that begin with the same conditions."""
        if conditions not in self._narrowed:
            rows = np.flatnonzero(holds)
            self._narrowed[conditions] = rows, self._at(rows)
        return self._narrowed[conditions]

    def _at(self, rows: NDArray[np.intp]) -> "Evaluator":
        return Evaluator(self.fact, self.columns, self.windows, self.rows[rows])

    def whole(self, node: Expression) -> NDArray[np.int64]:
        """Return an expression as integers for the kernel: whole numbers, codes, or 0 and 1; UNKNOWN where unknown."""
        if is_base(node, self.fact) or self.is_text(node):
            return self._codes(node)
        if node not in self._wholes:
            self._wholes[node] = self._compute_whole(node)
        return self._wholes[node]

    def _compute_whole(self, node: Expression) -> NDArray[np.int64]:
        if self.is_truth(node):
            return np.where(self.true(node), 1, np.where(self.false(node), 0, UNKNOWN))
        numbers = self.numbers(node)
        finite = np.isfinite(numbers) & (np.abs(numbers) < 2.0**62)
        return np.where(finite, np.rint(np.where(finite, numbers, 0.0)).astype(np.int64), UNKNOWN)

    def numbers(self, node: Expression) -> Numbers:
        """Return a number, duration or moment of each row; NaN where unknown."""
        if node not in self._numbers:
            with np.errstate(all="ignore"):
                computed = self._compute_numbers(node)
            self._numbers[node] = np.where(np.isfinite(computed), computed, np.nan)
        return self._numbers[node]

    def _compute_numbers(self, node: Expression) -> Numbers:
        match node:
            case NumberLiteral(value=value):
                return np.full(len(self.rows), float(value))
            case WindowExpression():
                return self._window(node)
            case FunctionCall(function="hour", argument=argument):
                hours: Numbers = np.floor((self.numbers(argument) + CHINA_MS) / _HOUR_MS) % 24
                return hours
            case Unary(operator="-", operand=operand):
                return -self.numbers(operand)
            case Binary(operator="else", left=left, right=right):
                numbers = self.numbers(left)
                return np.where(np.isnan(numbers), self.numbers(right), numbers)
            case Binary(operator=operator, left=left, right=right):
                return _ARITHMETIC[operator](self.numbers(left), self.numbers(right))
            case Points(terms=terms):
                total = np.zeros(len(self.rows))
                for weight, condition in terms:
                    np.add(total, self.numbers(weight), out=total, where=self.true(condition))
                return total
            case _:
                return _floats(self._base(node))

    def _window(self, window: WindowExpression) -> Numbers:
        if window.what == "surge":
            return self.numbers(expand_surge(window))
        specs = lower(window).specs
        values = [_floats(self._value(spec.name)) for spec in specs]
        if window.what == "stddev":
            total, squares, n = values
            return np.sqrt(np.maximum((n * squares - total * total) / (n * n), 0.0))
        return values[0] / values[1] if len(values) == 2 else values[0]

    def _value(self, name: str) -> NDArray[np.int64]:
        """Return the values of a kernel window as a contiguous copy, made once."""
        if name not in self._values:
            self._values[name] = self.windows[name][self.rows]
        return self._values[name]

    def true(self, node: Expression) -> Mask:
        """Return where a condition is true."""
        return self._truth(node, True)

    def false(self, node: Expression) -> Mask:
        """Return where a condition is false; where it is neither, it is unknown."""
        return self._truth(node, False)

    def _truth(self, node: Expression, truth: bool) -> Mask:
        if (node, truth) not in self._judged:
            self._judged[node, truth] = self._compute_truth(node, truth)
        return self._judged[node, truth]

    def _compute_truth(self, node: Expression, truth: bool) -> Mask:
        match node:
            case BooleanLiteral(value=value):
                return np.full(len(self.rows), value == truth)
            case Unary(operator="not", operand=operand):
                return self._truth(operand, not truth)
            case Binary(operator="and" | "or" as operator, left=left, right=right):
                left_mask, right_mask = self._truth(left, truth), self._truth(right, truth)
                return left_mask & right_mask if (operator == "and") == truth else left_mask | right_mask
            case Binary(operator="else", left=left, right=right):
                left_mask, opposite = self._truth(left, truth), self._truth(left, not truth)
                return left_mask | (~(left_mask | opposite) & self._truth(right, truth))
            case IsKnown(operand=operand, negated=negated):
                return self._is_known(operand) ^ (negated == truth)
            case Binary() if not is_base(node, self.fact):
                return self._compare(node, truth)
            case WindowExpression():
                return np.equal(self._value(lower(node).specs[0].name), int(truth))
            case Member(operand=operand, values=values, negated=negated) if not is_text(operand, self.fact):
                numbers = self.numbers(operand)
                members = [value.value for value in values if isinstance(value, NumberLiteral)]
                return ~np.isnan(numbers) & (np.isin(numbers, members) ^ (negated == truth))
            case _:
                return np.equal(self._base(node), int(truth))

    def _compare(self, node: Binary, truth: bool) -> Mask:
        operator = node.operator if truth else _OPPOSITE[node.operator]
        if is_text(node.left, self.fact):
            left_codes, right_codes = self._codes(node.left), self._codes(node.right)
            both_known: Mask = (left_codes != UNKNOWN) & (right_codes != UNKNOWN)
            same: Mask = left_codes == right_codes
            return both_known & (same ^ (operator == "!="))
        if self.is_truth(node.left):
            left, right = self.true(node.left), self.true(node.right)
            both_known = (left | self.false(node.left)) & (right | self.false(node.right))
            return both_known & ((left ^ right) ^ (operator == "="))
        if isinstance(node.right, NumberLiteral) and (whole := self._count_column(node.left)) is not None:
            return _against(whole, operator, node.right.value)
        if isinstance(node.left, NumberLiteral) and (whole := self._count_column(node.right)) is not None:
            return _against(whole, _TURNED.get(operator, operator), node.left.value)
        a, b = self.numbers(node.left), self.numbers(node.right)
        holds = _COMPARE[operator](a, b)  # false where one operand is NaN, except for !=
        return holds & ~(np.isnan(a) | np.isnan(b)) if operator == "!=" else holds

    def _count_column(self, node: Expression) -> NDArray[np.int64] | None:
        """Return the integers of an expression that is a single kernel column; None for others."""
        if isinstance(node, WindowExpression):
            specs = lower(node).specs if node.what != "surge" else ()
            return self._value(specs[0].name) if len(specs) == 1 else None
        return self._base(node) if is_base(node, self.fact) else None

    def _is_known(self, node: Expression) -> Mask:
        if is_base(node, self.fact):
            mask: Mask = self._base(node) != UNKNOWN
            return mask
        if self.is_truth(node):
            return self.true(node) | self.false(node)
        return ~np.isnan(self.numbers(node))

    def is_truth(self, node: Expression) -> bool:
        """Return whether an expression is a truth value."""
        return is_truth(node, self.fact)

    def is_text(self, node: Expression) -> bool:
        """Return whether an expression is text."""
        return is_text(node, self.fact)

    def _codes(self, node: Expression) -> NDArray[np.int64]:
        """Return a base column, or the text of a window as codes."""
        return self._value(lower(node).specs[0].name) if isinstance(node, WindowExpression) else self._base(node)

    def _base(self, node: Expression) -> NDArray[np.int64]:
        name = expression_key(node)
        if name not in self._bases:
            self._bases[name] = self.columns[name][self.rows]
        return self._bases[name]


def is_truth(node: Expression, fact: str) -> bool:
    """Return whether an expression at a fact is a truth value."""
    match node:
        case BooleanLiteral() | Member() | IsKnown() | Unary(operator="not"):
            return True
        case Binary(operator="else", left=left):
            return is_truth(left, fact)
        case Binary(operator=operator):
            return operator in _COMPARE or operator in ("and", "or")
        case FieldReference(name=name):
            return FACTS[fact][name].type is Type.TRUTH
        case WindowExpression(result=result):
            return result is not None
        case _:
            return False


def _against(whole: NDArray[np.int64], operator: str, limit: float) -> Mask:
    """Compare integers with a limit without converting them to floats; UNKNOWN is the least integer."""
    if operator in (">=", ">"):
        least = math.ceil(limit) if operator == ">=" else math.floor(limit) + 1
        return np.greater_equal(whole, least)
    known_rows: Mask = whole != UNKNOWN
    if operator in ("<=", "<"):
        return known_rows & (whole <= (math.floor(limit) if operator == "<=" else math.ceil(limit) - 1))
    same = whole == int(limit) if float(limit).is_integer() else np.zeros(len(whole), np.bool_)
    return known_rows & (same ^ (operator == "!="))


def _floats(whole: NDArray[np.int64]) -> Numbers:
    return np.where(whole == UNKNOWN, np.nan, whole.astype(np.float64))
