"""Find conditions that are always or never true, by the ranges of their values and by comparisons that clash."""

from collections.abc import Iterator
from itertools import combinations
from math import inf, isfinite
from typing import NamedTuple

from fanzha.rules._diagnostics import warnings
from fanzha.rules._formatting.expressions import format_expression
from fanzha.rules.diagnostics import DiagnosticKind
from fanzha.rules.tree import (
    Binary,
    BooleanLiteral,
    Expression,
    FunctionCall,
    Member,
    NumberLiteral,
    Points,
    Rule,
    SourceLocation,
    TextLiteral,
    Unary,
    WindowExpression,
    walk,
)

_OPPOSITE = {">=": "<", "<": ">=", "<=": ">", ">": "<=", "=": "!=", "!=": "="}
_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "=", "!=": "!="}  # with operands swapped
_LITERALS = (NumberLiteral, TextLiteral, BooleanLiteral)
_MOST_SHOWN = 80  # characters of a condition


class ConstantCondition(NamedTuple):
    """A condition that never depends on the facts, and what to say of it."""

    kind: DiagnosticKind
    location: SourceLocation
    values: dict[str, str]


class Comparison(NamedTuple):
    """A comparison of an expression with a literal."""

    node: Binary
    subject: Expression
    operator: str
    limit: float | str | bool


def find_constant_conditions(rule: Rule) -> Iterator[ConstantCondition]:
    """Yield the conditions of a checked rule that are always or never true where they are known."""
    roots = [node for node in (rule.when, rule.unless, rule.score) if node is not None]
    for node in (node for root in roots for node in walk(root)):
        if isinstance(node, Binary) and node.operator in _OPPOSITE:
            if (result := _constant_result(node)) is not None:
                kind = warnings.ALWAYS_TRUE if result else warnings.NEVER_TRUE
                yield ConstantCondition(kind, node.location, {"condition": _show(node), **_show_range(node)})
        elif isinstance(node, Member) and not node.list and node.operator == "in":
            for value in node.values:
                if isinstance(value, TextLiteral) and len(value.value) > 1 and value.value.endswith("*"):
                    yield ConstantCondition(warnings.STAR, value.location, {"value": value.value[:40]})
    for root in roots:
        yield from _clashes(root)


def _clashes(node: Expression) -> Iterator[ConstantCondition]:
    """Yield the pairs of comparisons joined by `and` that exclude each other, and by `or` of which one always holds."""
    for chain in _chains(node):
        compared = [comparison for part in chain.operands if (comparison := _comparison(part)) is not None]
        for first, second in combinations(compared, 2):
            if first.subject == second.subject and _exclude(first, second, negated=chain.operator == "or"):
                kind = warnings.EXCLUSIVE if chain.operator == "and" else warnings.EXHAUSTIVE
                values = {"first": _show(first.node), "second": _show(second.node)}
                yield ConstantCondition(kind, second.node.location, values)


class _Chain(NamedTuple):
    operator: str
    operands: list[Expression]


def _chains(root: Expression) -> Iterator[_Chain]:
    """Yield the operands of each outermost nest of `and`, and of `or`."""
    inner = set[int]()
    for node in walk(root):
        if isinstance(node, Binary) and node.operator in ("and", "or") and id(node) not in inner:
            operands = list(_operands(node, node.operator, inner))
            yield _Chain(node.operator, operands)


def _operands(node: Expression, operator: str, inner: set[int]) -> Iterator[Expression]:
    if isinstance(node, Binary) and node.operator == operator:
        inner.add(id(node))
        yield from _operands(node.left, operator, inner)
        yield from _operands(node.right, operator, inner)
    else:
        yield node


def _comparison(node: Expression) -> Comparison | None:
    if not isinstance(node, Binary) or node.operator not in _OPPOSITE:
        return None
    if isinstance(node.right, _LITERALS) and not isinstance(node.left, _LITERALS):
        return Comparison(node, node.left, node.operator, node.right.value)
    if isinstance(node.left, _LITERALS) and not isinstance(node.right, _LITERALS):
        return Comparison(node, node.right, _TURNED[node.operator], node.left.value)
    return None


def _exclude(first: Comparison, second: Comparison, *, negated: bool) -> bool:
    """Return whether no value satisfies both comparisons, or both of their opposites."""
    a, b = (_OPPOSITE[one.operator] if negated else one.operator for one in (first, second))
    if {a, b} == {"=", "!="}:
        return first.limit == second.limit
    if a == b == "=":
        return first.limit != second.limit
    if isinstance(first.limit, str | bool) or isinstance(second.limit, str | bool) or "!=" in (a, b):
        return False
    low, high = _bounds(a, first.limit), _bounds(b, second.limit)
    return _is_empty(low, high)


def _bounds(operator: str, limit: float) -> tuple[float, bool, float, bool]:
    """Return least value, whether it is included, greatest value, and whether it is included."""
    match operator:
        case ">=" | ">":
            return limit, operator == ">=", inf, False
        case "<=" | "<":
            return -inf, False, limit, operator == "<="
    return limit, True, limit, True


def _is_empty(a: tuple[float, bool, float, bool], b: tuple[float, bool, float, bool]) -> bool:
    least, is_least_excluded = max((a[0], not a[1]), (b[0], not b[1]))
    greatest, is_greatest_included = min((a[2], a[3]), (b[2], b[3]))
    return least > greatest or (least == greatest and (is_least_excluded or not is_greatest_included))


def _constant_result(node: Binary) -> bool | None:
    """Return the result of a comparison that does not depend on the facts, None if it depends on them."""
    if isinstance(node.left, _LITERALS) and isinstance(node.right, _LITERALS):
        return None
    if node.left == node.right:
        return node.operator in (">=", "<=", "=")
    (low, high), (least, greatest) = _range(node.left), _range(node.right)
    match node.operator:
        case ">=" | "<":
            holds = True if low >= greatest else False if high < least else None
        case ">" | "<=":
            holds = True if low > greatest else False if high <= least else None
        case _:
            holds = False if high < least or low > greatest else None
    is_opposite = node.operator in ("<", "<=", "!=")
    return holds if holds is None else holds != is_opposite


def _range(node: Expression) -> tuple[float, float]:
    """Return the least and the greatest value of an expression, infinite where no bound is known."""
    match node:
        case NumberLiteral(value=value):
            return value, value
        case WindowExpression(what="count" | "distinct" | "surge" | "age" | "active_days"):
            return 0.0, inf
        case WindowExpression(what="share"):
            return 0.0, 1.0
        case WindowExpression(what="gap", span=span):
            return 0.0, float(span)
        case FunctionCall(function="hour"):
            return 0.0, 23.0
        case FunctionCall(function="weekday"):
            return 1.0, 7.0
        case FunctionCall(function="length"):
            return 0.0, inf
        case Unary(operator="-", operand=operand):
            low, high = _range(operand)
            return -high, -low
        case Points(terms=terms):
            weights = [_range(weight) for weight, _ in terms]
            return sum(min(0.0, low) for low, _ in weights), sum(max(0.0, high) for _, high in weights) + 1e-9
        case Binary(operator="else", left=left, right=right):
            (low, high), (least, greatest) = _range(left), _range(right)
            return min(low, least), max(high, greatest)
        case Binary(operator="+" | "-" | "*" as operator, left=left, right=right):
            return _arithmetic(operator, _range(left), _range(right))
    return -inf, inf


def _arithmetic(operator: str, left: tuple[float, float], right: tuple[float, float]) -> tuple[float, float]:
    (low, high), (least, greatest) = left, right
    if operator == "+":
        return low + least, high + greatest
    if operator == "-":
        return low - greatest, high - least
    products = [0.0 if 0.0 in (a, b) else a * b for a in left for b in right]
    return min(products), max(products)


def _show(node: Expression) -> str:
    text = " ".join(format_expression(node).split())
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _show_range(node: Binary) -> dict[str, str]:
    """Return why the result is constant, in both languages."""
    if node.left == node.right:
        return {"why_zh": "两边相同", "why_en": "both sides are the same"}
    low, high = _range(node.right if isinstance(node.left, NumberLiteral) else node.left)
    if isfinite(low) and isfinite(high):
        return {
            "why_zh": f"该值在 {low:g} 与 {round(high, 6):g} 之间",
            "why_en": f"the value lies between {low:g} and {round(high, 6):g}",
        }
    return {"why_zh": f"该值不小于 {low:g}", "why_en": f"the value is at least {low:g}"}
