"""Which values are whole numbers or texts as they stand: all others are rounded before a window takes them."""

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
    """Return whether an expression never has fractions; fields have none, nor have texts."""
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
