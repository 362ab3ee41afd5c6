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
    Rank,
    TextLiteral,
    Unary,
    WindowExpression,
)


@lru_cache(maxsize=65_536)
def expression_key(node: Expression) -> str:
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
        case FunctionCall(function="attribute", argument=argument, list=name, column=column):
            return f"attribute({expression_key(argument)} in {name},{column})"
        case FunctionCall(function="profile", argument=argument, column=column):
            return f"profile({expression_key(argument)},{column})"
        case FunctionCall(function=function, argument=argument, count=count):
            return f"{function}({expression_key(argument)},{count})"
        case Unary(operator=operator, operand=operand):
            return f"({operator} {expression_key(operand)})"
        case Binary(operator=operator, left=left, right=right):
            return f"({expression_key(left)} {operator} {expression_key(right)})"
        case Member(operand=operand, list=name, values=values, negated=negated, operator=operator):
            inside = name or ",".join(sorted(map(expression_key, values)))
            return f"({expression_key(operand)} {'not ' if negated else ''}{operator} {name and 'list '}[{inside}])"
        case IsKnown(operand=operand, negated=negated):
            return f"({expression_key(operand)} is {'not ' if negated else ''}known)"
        case Points(terms=terms):
            return (
                "points("
                + ",".join(f"{expression_key(weight)} when {expression_key(condition)}" for weight, condition in terms)
                + ")"
            )
        case Rank(value=value, within=fields):
            return f"rank({expression_key(value)} within {','.join(map(expression_key, fields))})"
        case WindowExpression():
            return _window_key(node)
        case _:
            raise TypeError(f"{type(node).__name__} has no canonical text: expand it first")


def _window_key(node: WindowExpression) -> str:
    keys = ",".join(f"{expression_key(key.selected)}={expression_key(key.present)}" for key in node.keys)
    value = f"{expression_key(node.value)} of " if node.value else ""
    where = f" where {expression_key(node.where)}" if node.where else ""
    span = f"{node.span}{' before' if node.before else ''}{f' against {node.against}' if node.against else ''}"
    if node.level is not None:
        value = f"{node.level.value!r}, {value}"
    if node.result is not None:
        value = f"{expression_key(node.result)} at {value}"
    return f"{node.what}({value}{node.source} by {keys}{where},{span})"
