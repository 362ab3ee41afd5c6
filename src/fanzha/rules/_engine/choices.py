"""Text `else` as columns: `f(x else y)` is f(x) where x is known, else f(y)."""

from dataclasses import dataclass, replace
from typing import Any

from fanzha.rules.tree import Binary, Expression, FunctionCall, Member, TextLiteral


@dataclass(frozen=True)
class Choice:
    """A column that is `then` where the text `condition` is known and `otherwise` where it is not."""

    condition: Expression
    then: Expression
    otherwise: Expression


def choice(node: Expression) -> Choice | None:
    """Return how a base column of a fact is selected; None for one that is read from a field or constant.

    Only the outermost `else` is split; the parts may contain others. A function may be unknown where its text is known
    (`block()` of a short text), so the condition is the text itself.
    """
    match node:
        case Binary(operator="else", left=left, right=right):
            return Choice(left, left, right)
        case Binary(left=TextLiteral(), right=right):
            return _outside(node, "right", right)
        case Binary(left=left):
            return _outside(node, "left", left)
        case FunctionCall(argument=argument):
            return _outside(node, "argument", argument)
        case Member(operand=operand):
            return _outside(node, "operand", operand)
        case _:
            return None


def _outside(node: Any, name: str, inside: Expression) -> Choice | None:
    """Return the choice in the operand, with the outer expression applied to both alternatives."""
    if (inner_choice := choice(inside)) is None:
        return None
    return Choice(
        inner_choice.condition,
        replace(node, **{name: inner_choice.then}),
        replace(node, **{name: inner_choice.otherwise}),
    )
