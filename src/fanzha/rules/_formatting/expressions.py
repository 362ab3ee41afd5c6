"""Format an expression on one line with the fewest brackets."""

from dataclasses import replace
from decimal import Decimal

from fanzha.rules.tree import (
    After,
    Binary,
    BooleanLiteral,
    Expression,
    FieldReference,
    FunctionCall,
    IsKnown,
    Member,
    Name,
    NumberLiteral,
    Points,
    Rank,
    TextLiteral,
    Type,
    Unary,
    WindowExpression,
    WindowKey,
)
from fanzha.rules.words import UNITS

#: Precedence of operators; an operand of lower precedence than required is put in brackets.
OR, AND, NOT, COMPARISON, SUM, TERM, ELSE, FACTOR = range(1, 9)
#: Precedence of each operator, and the precedence required of its left and right operands.
_PRECEDENCES = {
    "or": (OR, OR, AND),
    "and": (AND, AND, NOT),
    **dict.fromkeys((">=", "<=", ">", "<", "=", "!="), (COMPARISON, SUM, SUM)),
    **dict.fromkeys(("+", "-"), (SUM, SUM, TERM)),
    **dict.fromkeys(("*", "/"), (TERM, TERM, ELSE)),
    "else": (ELSE, FACTOR, FACTOR),
}


def format_expression(node: Expression, outer_precedence: int = OR) -> str:
    """Return an expression as text, in brackets if its precedence is too low."""
    text = _format_without_brackets(node)
    return f"({text})" if precedence(node) < outer_precedence else text


def precedence(node: Expression) -> int:
    """Return the precedence of an expression."""
    match node:
        case Binary():
            return _PRECEDENCES[node.operator][0]
        case Unary():
            return NOT if node.operator == "not" else FACTOR
        case Member() | IsKnown():
            return COMPARISON
        case WindowExpression(result=Expression()):
            return COMPARISON
    return FACTOR


def format_operands(node: Binary) -> tuple[str, str]:
    """Return the texts of the left and right operand."""
    _, left, right = _PRECEDENCES[node.operator]
    return format_expression(node.left, left), format_expression(node.right, right)


def format_points_term(weight: Expression, condition: Expression) -> str:
    """Return one term of points."""
    return f"{format_expression(weight)} when {format_expression(condition)}"


def quote_text(value: str) -> str:
    """Return a text in its quotes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def quote_pattern(value: str) -> str:
    """Return a pattern in its quotes; its backslashes stand as they are."""
    escaped = value.replace('"', '\\"')
    return f'"{escaped}"'


def format_duration(ms: int) -> str:
    """Return a duration in the largest unit that it is a whole number of."""
    if ms >= 2 * UNITS["day"] and ms % UNITS["day"] == 0:
        return f"{ms // UNITS['day']} days"
    unit = next(unit for unit in ("h", "min", "s", "ms") if ms % UNITS[unit] == 0)
    return f"{ms // UNITS[unit]}{'' if unit == 'h' else ' '}{unit}"


def _format_without_brackets(node: Expression) -> str:
    match node:
        case NumberLiteral():
            return format_number(node)
        case TextLiteral():
            return quote_text(node.value)
        case BooleanLiteral():
            return "true" if node.value else "false"
        case FieldReference() | Name():
            return node.name
        case FunctionCall(function="attribute"):
            return f"attribute({format_expression(node.argument, SUM)} in {node.list}, {node.column})"
        case FunctionCall(function="profile"):
            return f"profile({format_expression(node.argument)}, {node.column})"
        case FunctionCall():
            count = "" if node.count is None else f", {node.count}"
            return f"{node.function}({format_expression(node.argument)}{count})"
        case Unary():
            space = " " if node.operator == "not" else ""
            return f"{node.operator}{space}{format_expression(node.operand, NOT if space else FACTOR)}"
        case Binary():
            left, right = format_operands(node)
            return f"{left} {node.operator} {right}"
        case Member():
            operator = f"not {node.operator}" if node.negated else node.operator
            return f"{format_expression(node.operand, SUM)} {operator} {format_members(node)}"
        case IsKnown():
            return f"{format_expression(node.operand, SUM)} is {'not known' if node.negated else 'known'}"
        case Points():
            return f"points({', '.join(format_points_term(*term) for term in node.terms)})"
        case Rank():
            within = f" within {', '.join(map(format_expression, node.within))}" if node.within else ""
            return f"rank({format_expression(node.value)}{within})"
        case WindowExpression(result=None):
            return _format_window(node)
        case WindowExpression():
            return _format_without_brackets(membership(node))
        case After():
            return f"after({' then '.join(map(_format_step, node.steps))})"
    raise TypeError(f"no expression: {node!r}")


def format_members(node: Member) -> str:
    """Return what a value is looked up in: a list's name, texts in brackets, one text alone, or a pattern."""
    if node.list:
        return node.list
    values = ", ".join(map(format_expression, node.values))
    if node.operator == "matches":
        return ", ".join(quote_pattern(value.value) for value in node.values if isinstance(value, TextLiteral))
    is_one_text = len(node.values) == 1 and isinstance(node.values[0], TextLiteral)
    return values if node.operator == "contains" and is_one_text else f"({values})"


def format_number(node: NumberLiteral) -> str:
    """Return a number as its author wrote it; a node without source spelling in plain digits."""
    if node.written:
        return node.written
    if node.type is Type.DURATION:
        return format_duration(int(node.value))
    return f"{Decimal(repr(node.value)).normalize():f}"


def _format_window(node: WindowExpression) -> str:
    value = "" if node.value is None else f"{format_expression(node.value)} of "
    if node.level is not None:
        value = f"{format_number(node.level)}, {value}"
    against = [*node.written, "", ""][1]
    period = _format_span(node)
    if node.against:
        period += f" against {against or format_duration(node.against)}"
    if node.before:
        period += " before"
    return f"{node.what}({value}{_format_selection(node)}, {period})"


def membership(node: WindowExpression) -> Member:
    """Return a window with a result as it was written: a look-up of the most frequent text."""
    look_up = node.result
    while isinstance(look_up, WindowExpression):
        look_up = look_up.result
    assert isinstance(look_up, Member)
    return replace(look_up, operand=replace(node, result=None))


def _format_selection(node: WindowExpression) -> str:
    where = "" if node.where is None else f" where {format_expression(node.where)}"
    return f"{node.source} by {', '.join(map(_format_key, node.keys))}{where}"


def _format_step(node: WindowExpression) -> str:
    return f"{_format_selection(node)}, {_format_span(node)}"


def format_absent(node: WindowExpression) -> str:
    """Return what must not follow: the facts and the span."""
    return f"{_format_selection(node)} within {_format_span(node)}"


def _format_span(node: WindowExpression) -> str:
    return node.written[0] if node.written else format_duration(node.span)


def _format_key(key: WindowKey) -> str:
    selected, present = format_expression(key.selected, SUM), format_expression(key.present, SUM)
    if selected[0].isdigit():  # after a comma it would be read as the span
        selected = f"({selected})"
    return selected if key.present == key.selected else f"{selected} = {present}"
