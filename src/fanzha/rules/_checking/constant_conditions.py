"""Find conditions that are always or never true, by the ranges of their values and by comparisons that clash."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from math import inf, isfinite
from typing import NamedTuple

from fanzha.rules._diagnostics import warnings
from fanzha.rules._formatting.expressions import format_duration, format_expression
from fanzha.rules.diagnostics import DiagnosticKind
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
    SourceLocation,
    TextLiteral,
    Unary,
    WindowExpression,
    walk,
)
from fanzha.rules.words import COMPARISONS

_OPPOSITE = {">=": "<", "<": ">=", "<=": ">", ">": "<=", "=": "!=", "!=": "=", "in": "not in", "not in": "in"}
_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "=", "!=": "!="}  # with operands swapped
_LITERALS = (NumberLiteral, TextLiteral, BooleanLiteral)
_MOST_SHOWN = 80  # characters of a condition


class ConstantCondition(NamedTuple):
    """A condition that never depends on the facts, with the diagnostic for it."""

    kind: DiagnosticKind
    location: SourceLocation
    values: dict[str, str]


class Comparison(NamedTuple):
    """A comparison of an expression with literals: in order with one of them, or `in` and `not in` any of them."""

    node: Expression
    subject: Expression
    operator: str
    limits: tuple[float | str | bool, ...]


def find_constant_conditions(rule: Rule) -> Iterator[ConstantCondition]:
    """Yield the conditions of a checked rule that are always or never true where they are known."""
    roots = [node for node in (rule.when, rule.unless, rule.score) if node is not None]
    for node in (node for root in roots for node in walk(root)):
        if isinstance(node, Binary) and node.operator in COMPARISONS:
            if node.left == node.right and not isinstance(node.left, _LITERALS):
                is_true = node.operator in (">=", "<=", "=")
                words = {"result_zh": "恒成立" if is_true else "永不成立"}
                words["result_en"] = "always true" if is_true else "never true"
                yield ConstantCondition(warnings.SAME_SIDES, node.location, {"condition": _show(node), **words})
            elif (result := _constant_result(node)) is not None:
                kind = warnings.ALWAYS_TRUE if result else warnings.NEVER_TRUE
                yield ConstantCondition(kind, node.location, {"condition": _show(node), **_show_range(node)})
        elif isinstance(node, Member) and not node.list and node.operator == "in":
            for value in node.values:
                if isinstance(value, TextLiteral) and len(value.value) > 1 and value.value.endswith("*"):
                    yield ConstantCondition(warnings.STAR, value.location, {"value": value.value[:40]})
    for root in roots:
        yield from _clashes(root)


def _clashes(node: Expression) -> Iterator[ConstantCondition]:
    """Yield pairs of comparisons: joined by `and` that exclude each other, or by `or` where one always holds."""
    for chain in _chains(node):
        is_or = chain.operator == "or"
        compared = [found for part in chain.operands if (found := _comparison(part, negated=is_or)) is not None]
        for first, second in combinations(compared, 2):
            is_same = first.subject == second.subject
            if (is_same and _exclude(first, second)) or (not is_or and _is_unknown(first, second)):
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


def _comparison(node: Expression, *, negated: bool = False) -> Comparison | None:
    """Return a condition as a comparison of a value with literals; None where it is none."""
    match node:
        case Unary(operator="not", operand=operand):
            found = _comparison(operand, negated=not negated)
            return None if found is None else found._replace(node=node)
        case Binary(operator=operator) if operator in COMPARISONS:
            found = _compared(node)
        case Member(operator="in", list="", values=values):
            limits = tuple(value.value for value in values if isinstance(value, TextLiteral | NumberLiteral))
            found = Comparison(node, node.operand, "not in" if node.negated else "in", limits)
        case IsKnown(negated=is_negated):
            found = Comparison(node, replace(node, negated=False), "in", (not is_negated,))
        case FieldReference():
            found = Comparison(node, node, "in", (True,))  # a truth
        case _:
            return None
    return found if found is None or not negated else _opposite(found)


def _compared(node: Binary) -> Comparison | None:
    if isinstance(node.right, _LITERALS) and not isinstance(node.left, _LITERALS):
        subject, operator, limit = node.left, node.operator, node.right.value
    elif isinstance(node.left, _LITERALS) and not isinstance(node.right, _LITERALS):
        subject, operator, limit = node.right, _TURNED[node.operator], node.left.value
    else:
        return None
    return Comparison(node, subject, {"=": "in", "!=": "not in"}.get(operator, operator), (limit,))


def _opposite(comparison: Comparison) -> Comparison:
    """Return the comparison that is true where this one is false."""
    if comparison.limits in ((True,), (False,)):
        return comparison._replace(limits=(not comparison.limits[0],))
    return comparison._replace(operator=_OPPOSITE[comparison.operator])


def _exclude(first: Comparison, second: Comparison) -> bool:
    """Return whether no value satisfies both comparisons."""
    for one, other in ((first, second), (second, first)):
        if one.operator == "in":
            return not any(_satisfies(limit, other) for limit in one.limits)
    if "not in" in (first.operator, second.operator):
        return False
    return _is_empty(*(_bounds(one.operator, float(one.limits[0])) for one in (first, second)))


def _satisfies(value: float | str | bool, comparison: Comparison) -> bool:
    if comparison.operator in ("in", "not in"):
        return (value in comparison.limits) == (comparison.operator == "in")
    return not _is_empty(_bounds("=", float(value)), _bounds(comparison.operator, float(comparison.limits[0])))


def _is_unknown(first: Comparison, second: Comparison) -> bool:
    """Return whether one of two comparisons says that a value is not known, and the other compares that value."""
    return any(
        isinstance(one.subject, IsKnown) and one.limits == (False,) and one.subject.operand == other.subject
        for one, other in ((first, second), (second, first))
    )


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
    if (text := _impossible_prefix(node)) is not None:
        return text
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


def _impossible_prefix(node: Binary) -> bool | None:
    """Return the result of comparing a prefix with a longer text, which it never is; None for other comparisons."""
    for prefix, text in ((node.left, node.right), (node.right, node.left)):
        if isinstance(prefix, FunctionCall) and prefix.function == "prefix" and isinstance(text, TextLiteral):
            return node.operator == "!=" if len(text.value) > (prefix.count or 0) else None
    return None


def _range(node: Expression) -> tuple[float, float]:
    """Return the least and the greatest value of an expression, infinite where no bound is known."""
    match node:
        case NumberLiteral(value=value):
            return value, value
        case WindowExpression(what="count" | "distinct" | "surge" | "age" | "active_days"):
            return 0.0, inf
        case WindowExpression(what="share" | "top_share"):
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
    if _impossible_prefix(node) is not None:
        return {"why_zh": "前缀不会这么长", "why_en": "the prefix is shorter than the text"}
    low, high = _range(node.right if isinstance(node.left, NumberLiteral) else node.left)
    if isfinite(low) and isfinite(high):
        is_gap = any(isinstance(side, WindowExpression) and side.what == "gap" for side in (node.left, node.right))
        least, greatest = (format_duration(int(x)) if is_gap else f"{round(x, 6):g}" for x in (low, high))
        return {
            "why_zh": f"该值在 {least} 与 {greatest} 之间",
            "why_en": f"the value lies between {least} and {greatest}",
        }
    return {"why_zh": f"该值不小于 {low:g}", "why_en": f"the value is at least {low:g}"}
