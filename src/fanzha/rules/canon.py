"""Canonical text of expressions: equivalent spellings give the same name of a column or window."""

from functools import lru_cache

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
    TextLiteral,
    Unary,
    WindowExpression,
)


@lru_cache(maxsize=65_536)
def canon(node: Expression) -> str:
    """Return the canonical text of an expression without names of `let`."""
    match node:
        case FieldReference(name=name):
            return name
        case NumberLiteral(value=value, type=type_):
            return f"{value!r}{type_[0]}"
        case TextLiteral(value=value):
            return repr(value)
        case BooleanLiteral(value=value):
            return str(value).lower()
        case FunctionCall(function=function, argument=argument, count=count):
            return f"{function}({canon(argument)},{count})"
        case Unary(operator=operator, operand=operand):
            return f"({operator} {canon(operand)})"
        case Binary(operator=operator, left=left, right=right):
            return f"({canon(left)} {operator} {canon(right)})"
        case Member(operand=operand, list=name, values=values, negated=negated):
            inside = name or ",".join(sorted(map(canon, values)))
            return f"({canon(operand)} {'not ' if negated else ''}in {name and 'list '}[{inside}])"
        case IsKnown(operand=operand, negated=negated):
            return f"({canon(operand)} is {'not ' if negated else ''}known)"
        case Points(terms=terms):
            return "points(" + ",".join(f"{canon(weight)} when {canon(condition)}" for weight, condition in terms) + ")"
        case WindowExpression():
            return _window(node)
        case _:
            raise TypeError(f"{type(node).__name__} has no canonical text: expand it first")


def _window(node: WindowExpression) -> str:
    keys = ",".join(f"{canon(key.selected)}={canon(key.present)}" for key in node.keys)
    value = f"{canon(node.value)} of " if node.value else ""
    where = f" where {canon(node.where)}" if node.where else ""
    span = f"{node.span}{' before' if node.before else ''}{f' against {node.against}' if node.against else ''}"
    return f"{node.what}({value}{node.source} by {keys}{where},{span})"
