"""Expressions over many facts at once: numbers with NaN for unknown, truth as two masks, text as codes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine.bases import is_base, is_text
from fanzha.rules._engine.lower import lower, written_out
from fanzha.rules.canon import canon
from fanzha.rules.catalog import FACTS
from fanzha.rules.tree import Binary, Call, Field, Known, Member, Node, Number, Points, Rule, Truth, Type, Unary, Window
from fanzha.windows import CHINA_MS, UNKNOWN

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

_HOUR_MS = 3_600_000
_COMPARE: dict[str, Callable[[Numbers, Numbers], Mask]] = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
    "=": np.equal,
    "!=": np.not_equal,
}
_ARITHMETIC: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


@dataclass(frozen=True)
class Truths:
    """Where something is true and where it is false; elsewhere it is unknown."""

    true: Mask
    false: Mask


@dataclass
class Evaluator:
    """Evaluates over some rows of a stretch that are facts of one table (or waits after them)."""

    fact: str
    columns: Mapping[str, NDArray[np.int64]]
    windows: Mapping[str, NDArray[np.int64]]
    rows: NDArray[np.intp]
    _numbers: dict[Node, Numbers] = field(default_factory=dict)
    _truths: dict[Node, Truths] = field(default_factory=dict)

    def fires(self, rule: Rule) -> Mask:
        """Return where a rule fires."""
        true = self.truths(rule.when).true
        return true & ~self.truths(rule.unless).true if rule.unless is not None and true.any() else true

    def whole(self, node: Node) -> NDArray[np.int64]:
        """Return an expression as the kernel takes it: whole numbers, codes, or 0 and 1; UNKNOWN where unknown."""
        if is_base(node, self.fact):
            return self._base(node)
        if self.is_truth(node):
            truths = self.truths(node)
            return np.where(truths.true, 1, np.where(truths.false, 0, UNKNOWN))
        numbers = self.numbers(node)
        known = np.isfinite(numbers) & (np.abs(numbers) < 2.0**62)
        return np.where(known, np.rint(np.where(known, numbers, 0.0)).astype(np.int64), UNKNOWN)

    def numbers(self, node: Node) -> Numbers:
        """Return a number, duration or moment of each row; NaN where unknown."""
        if node not in self._numbers:
            with np.errstate(all="ignore"):
                made = self._made(node)
            self._numbers[node] = np.where(np.isfinite(made), made, np.nan)
        return self._numbers[node]

    def _made(self, node: Node) -> Numbers:
        match node:
            case Number(value=value):
                return np.full(len(self.rows), float(value))
            case Window():
                return self._window(node)
            case Call(function="hour", argument=argument):
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
                    total = total + np.where(self.truths(condition).true, self.numbers(weight), 0.0)
                return total
            case _:
                return _floats(self._base(node))

    def _window(self, window: Window) -> Numbers:
        if window.what == "surge":
            return self.numbers(written_out(window))
        specs = lower(window).specs
        values = [_floats(self.windows[spec.name][self.rows]) for spec in specs]
        return values[0] / values[1] if len(values) == 2 else values[0]

    def truths(self, node: Node) -> Truths:
        """Return where a condition is true and where it is false."""
        if node not in self._truths:
            self._truths[node] = self._judged(node)
        return self._truths[node]

    def _judged(self, node: Node) -> Truths:
        match node:
            case Truth(value=value):
                return Truths(np.full(len(self.rows), value), np.full(len(self.rows), not value))
            case Unary(operator="not", operand=operand):
                inner = self.truths(operand)
                return Truths(inner.false, inner.true)
            case Binary(operator="and", left=left, right=right):
                one, other = self.truths(left), self.truths(right)
                return Truths(one.true & other.true, one.false | other.false)
            case Binary(operator="or", left=left, right=right):
                one, other = self.truths(left), self.truths(right)
                return Truths(one.true | other.true, one.false & other.false)
            case Binary(operator="else", left=left, right=right):
                one, other = self.truths(left), self.truths(right)
                unknown = ~(one.true | one.false)
                return Truths(one.true | (unknown & other.true), one.false | (unknown & other.false))
            case Known(operand=operand, negated=negated):
                known = self._known(operand)
                return Truths(known ^ negated, known ^ (not negated))
            case Binary() if not is_base(node, self.fact):
                return self._compared(node)
            case Member(operand=operand, values=values, negated=negated) if not is_text(operand, self.fact):
                numbers = self.numbers(operand)
                members = [value.value for value in values if isinstance(value, Number)]
                found, known = np.isin(numbers, members), ~np.isnan(numbers)
                return Truths(known & (found ^ negated), known & ~(found ^ negated))
            case _:
                base = self._base(node)
                return Truths(base == 1, base == 0)

    def _compared(self, node: Binary) -> Truths:
        if is_text(node.left, self.fact):
            one, other = self._base(node.left), self._base(node.right)
            known, same = (one != UNKNOWN) & (other != UNKNOWN), (one == other) ^ (node.operator == "!=")
            return Truths(known & same, known & ~same)
        if self.is_truth(node.left):
            left, right = self.truths(node.left), self.truths(node.right)
            known = (left.true | left.false) & (right.true | right.false)
            same = (left.true == right.true) ^ (node.operator == "!=")
            return Truths(known & same, known & ~same)
        a, b = self.numbers(node.left), self.numbers(node.right)
        known = ~(np.isnan(a) | np.isnan(b))
        holds = _COMPARE[node.operator](a, b)
        return Truths(known & holds, known & ~holds)

    def _known(self, node: Node) -> Mask:
        if is_base(node, self.fact):
            known: Mask = self._base(node) != UNKNOWN
            return known
        if self.is_truth(node):
            truths = self.truths(node)
            return truths.true | truths.false
        return ~np.isnan(self.numbers(node))

    def is_truth(self, node: Node) -> bool:
        """Tell whether an expression is a truth."""
        return is_truth(node, self.fact)

    def is_text(self, node: Node) -> bool:
        """Tell whether an expression is text."""
        return is_text(node, self.fact)

    def _base(self, node: Node) -> NDArray[np.int64]:
        return self.columns[canon(node)][self.rows]


def is_truth(node: Node, fact: str) -> bool:
    """Tell whether an expression at a fact is a truth."""
    match node:
        case Truth() | Member() | Known() | Unary(operator="not"):
            return True
        case Binary(operator="else", left=left):
            return is_truth(left, fact)
        case Binary(operator=operator):
            return operator in _COMPARE or operator in ("and", "or")
        case Field(name=name):
            return FACTS[fact][name].type is Type.TRUTH
        case _:
            return False


def _floats(whole: NDArray[np.int64]) -> Numbers:
    return np.where(whole == UNKNOWN, np.nan, whole.astype(np.float64))
