"""Find fields of answered calls in conditions that require an unanswered call; such a condition is never true."""

from collections.abc import Iterator, Sequence

from fanzha.rules.catalog import FACTS
from fanzha.rules.tree import (
    Binary,
    BooleanLiteral,
    Expression,
    FieldReference,
    FunctionCall,
    IsKnown,
    Member,
    Points,
    Rule,
    Unary,
    WindowExpression,
    children,
)

_ENDED, _ANSWERED = "call_ended", "call_answered"


def find_answered_only_fields(rule: Rule) -> list[FieldReference]:
    """Return the fields that only answered calls have, where a rule requires them of unanswered calls.

    The lets of the rule are expanded. The conditions of its clauses, of points and of windows are each checked alone.
    """
    fact = rule.on.fact
    when = _operands(rule.when)
    found = [*_find(when, fact, False)]
    unanswered = fact == _ENDED and any(map(_requires_unanswered, when))
    for node in (rule.unless, rule.score):
        if node is not None:
            found += _find(_operands(node), fact, unanswered)
    return list({(node.location, node.name): node for node in found}.values())


def _find(operands: Sequence[Expression], fact: str, unanswered: bool) -> Iterator[FieldReference]:
    """Yield the fields of conditions that must all be true; `unanswered`: a condition around them excludes answers."""
    unanswered = unanswered or (fact == _ENDED and any(map(_requires_unanswered, operands)))
    for operand in operands:
        if unanswered:
            yield from (node for node in _required_fields(operand) if FACTS[fact][node.name].table == _ANSWERED)
        yield from _find_inside(operand, fact, unanswered)


def _find_inside(node: Expression, fact: str, unanswered: bool) -> Iterator[FieldReference]:
    match node:
        case Binary(operator="or", left=left, right=right):
            yield from _find(_operands(left), fact, unanswered)
            yield from _find(_operands(right), fact, unanswered)
        case Points(terms=terms):
            for _, condition in terms:
                yield from _find(_operands(condition), fact, unanswered)
        case WindowExpression(source=source, where=where, value=value):
            parts = (*_operands(where), *_operands(value))
            yield from _find(parts, source, False)
        case _:
            for child in children(node):
                yield from _find_inside(child, fact, unanswered)


def _requires_unanswered(node: Expression) -> bool:
    match node:
        case Unary(operator="not", operand=FieldReference(name="answered")):
            return True
        case Binary(operator="=", left=FieldReference(name="answered"), right=BooleanLiteral(value=value)):
            return not value
        case Binary(operator="!=", left=FieldReference(name="answered"), right=BooleanLiteral(value=value)):
            return value
    return False


def _operands(node: Expression | None) -> list[Expression]:
    """Return the operands of nested `and`."""
    if isinstance(node, Binary) and node.operator == "and":
        return [*_operands(node.left), *_operands(node.right)]
    return [] if node is None else [node]


def _required_fields(node: Expression) -> Iterator[FieldReference]:
    """Yield the fields without which an expression is not known, and so not true."""
    match node:
        case FieldReference():
            yield node
        case IsKnown(operand=operand, negated=False) | Member(operand=operand) | FunctionCall(argument=operand):
            yield from _required_fields(operand)
        case Unary(operand=operand):
            yield from _required_fields(operand)
        case Binary(operator=operator, left=left, right=right) if operator not in ("and", "or", "else"):
            yield from _required_fields(left)
            yield from _required_fields(right)
