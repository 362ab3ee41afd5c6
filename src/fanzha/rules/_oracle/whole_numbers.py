"""Which values are integers or texts; all others are rounded before a window uses them."""

from fanzha.rules.tree import (
    Binary,
    Expression,
    FieldReference,
    FunctionCall,
    NumberLiteral,
    TextLiteral,
    Unary,
    WindowExpression,
)

_OF_FRACTIONS = ("mean", "share", "surge")


def is_whole(node: Expression) -> bool:
    """Return whether the values of an expression are never fractional; fields and texts never are."""
    match node:
        case NumberLiteral():
            return node.value.is_integer()
        case WindowExpression():
            return node.what not in _OF_FRACTIONS
        case Unary():
            return is_whole(node.operand)
        case Binary():
            return node.operator != "/" and is_whole(node.left) and is_whole(node.right)
    return isinstance(node, FieldReference | TextLiteral | FunctionCall)
