"""Write comparisons of quantiles with constants as comparisons of shares, which are exact and need two counts each.

The quantile q of some values is the least of them that at least a share q does not exceed. So it is at most c when at
least a share q of the values is at most c, and below c when at least a share q is below c.
"""

from dataclasses import replace

from fanzha.rules.tree import Binary, Expression, FieldReference, NumberLiteral, WindowExpression, walk
from fanzha.rules.words import COMPARISONS, QUANTILES

_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}  # with operands swapped
_MEDIAN = 0.5


def is_quantile(node: Expression) -> bool:
    """Return whether an expression is a quantile itself."""
    return isinstance(node, WindowExpression) and node.what in QUANTILES


def expand_quantile(node: Binary) -> Binary:
    """Return a comparison of a quantile with a constant as one of shares; other operations unchanged."""
    if node.operator not in COMPARISONS:
        return node
    if isinstance(node.left, WindowExpression) and is_quantile(node.left) and _is_constant(node.right):
        return _compare(node, node.operator, node.left, node.right)
    if isinstance(node.right, WindowExpression) and is_quantile(node.right) and _is_constant(node.left):
        return _compare(node, _TURNED.get(node.operator, node.operator), node.right, node.left)
    return node


def _compare(node: Binary, operator: str, quantile: WindowExpression, limit: Expression) -> Binary:
    at_most, below = (_share(quantile, sign, limit) for sign in ("<=", "<"))
    level = quantile.level or NumberLiteral(quantile.location, _MEDIAN, written="50%")

    def reaches(share: WindowExpression, sign: str) -> Binary:
        return Binary(node.location, sign, share, level)

    match operator:
        case "<=":
            return reaches(at_most, ">=")
        case "<":
            return reaches(below, ">=")
        case ">":
            return reaches(at_most, "<")
        case ">=":
            return reaches(below, "<")
        case "=":
            return Binary(node.location, "and", reaches(at_most, ">="), reaches(below, "<"))
    return Binary(node.location, "or", reaches(at_most, "<"), reaches(below, ">="))


def _share(quantile: WindowExpression, sign: str, limit: Expression) -> WindowExpression:
    assert quantile.value is not None  # the grammar asks for one
    value = Binary(quantile.location, sign, quantile.value, limit)
    return replace(quantile, what="share", value=value, level=None)


def _is_constant(node: Expression) -> bool:
    return not any(isinstance(part, FieldReference | WindowExpression) for part in walk(node))
