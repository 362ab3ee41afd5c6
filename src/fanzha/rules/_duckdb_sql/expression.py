"""Expressions as SQL: doubles for all numbers, NULL for the unknown, parentheses only where the tree needs them."""

from typing import Protocol

from fanzha.rules.catalog import PROFILE_FIELDS, PROFILE_KEY, PROFILE_TABLE
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
    Type,
    Unary,
    WindowExpression,
)

_PRECEDENCES = {
    "or": 1,
    "and": 2,
    "not": 3,
    ">=": 4,
    "<=": 4,
    ">": 4,
    "<": 4,
    "=": 4,
    "!=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
}
_ATOM = 8
_SQL_OPERATORS = {"or": "OR", "and": "AND", "!=": "<>"}
_HOURS_TO_CHINA = 28_800_000  # UTC+8, ms


class Columns(Protocol):
    """The columns that an expression reads from its row."""

    def field(self, name: str) -> str:
        """Return a field as SQL."""

    def window(self, window: WindowExpression) -> str:
        """Return a window's value as SQL."""

    def rank(self, rank: Rank) -> str:
        """Return the rank of a key among those of its tick as SQL."""

    def read_at(self, name: str) -> str:
        """Return as SQL the moment of the fact that a field is read from, of the present fact for ""."""

    def number_fact(self, fact: str, number: Expression) -> str:
        """Return the `class` or `country` of a phone number as SQL."""


def number_literal(value: float) -> str:
    """Return a number as an SQL DOUBLE; without an exponent it would be a DECIMAL with other arithmetic."""
    text = repr(float(value)).removesuffix(".0")
    return text if "e" in text else f"{text}e0"


def text_literal(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def translate_expression(node: Expression, columns: Columns) -> str:
    """Return an expression as SQL on the row of `columns`."""
    match node:
        case NumberLiteral():
            return number_literal(node.value)
        case TextLiteral():
            return text_literal(node.value)
        case BooleanLiteral():
            return str(node.value).upper()
        case FieldReference():
            return columns.field(node.name)
        case WindowExpression():
            return columns.window(node)
        case Rank():
            return columns.rank(node)
        case FunctionCall():
            return _translate_call(node, columns)
        case Unary():
            return ("NOT " if node.operator == "not" else "-") + _translate_operand(
                node.operand, columns, _precedence(node) + 1
            )
        case Binary():
            return _translate_binary(node, columns)
        case Member():
            return _translate_member(node, columns)
        case IsKnown():
            return f"{_translate_operand(node.operand, columns, 5)} IS {'' if node.negated else 'NOT '}NULL"
        case Points():
            return _translate_points(node, columns)
    raise TypeError(f"no SQL for {type(node).__name__}")


def _precedence(node: Expression) -> int:
    """Return the precedence of an expression; an operand of higher precedence needs no parentheses."""
    if isinstance(node, Binary) and node.operator != "else":
        return _PRECEDENCES[node.operator]
    if isinstance(node, Unary):
        return 3 if node.operator == "not" else 7
    return 4 if isinstance(node, Member | IsKnown) else 5 if isinstance(node, Points) else _ATOM


def _translate_operand(node: Expression, columns: Columns, level: int) -> str:
    text = translate_expression(node, columns)
    return text if _precedence(node) >= level else f"({text})"


def _translate_binary(node: Binary, columns: Columns) -> str:
    if node.operator == "else":
        return f"coalesce({translate_expression(node.left, columns)}, {translate_expression(node.right, columns)})"
    level = _precedence(node)
    left = _translate_operand(node.left, columns, level + (level == 4))
    if node.operator == "/":
        return f"{left} / nullif({translate_expression(node.right, columns)}, 0)"
    operator = _SQL_OPERATORS.get(node.operator, node.operator)
    return f"{left} {operator} {_translate_operand(node.right, columns, level + 1)}"


def _translate_member(node: Member, columns: Columns) -> str:
    operand = _translate_operand(node.operand, columns, 5)
    if node.operator != "in":
        test = _translate_text_test(node, operand)
        return f"CASE WHEN {operand} IS NOT NULL THEN {'NOT ' * node.negated}({test}) END"
    word = "NOT IN" if node.negated else "IN"
    if node.list:  # with an empty list SQL would return false for NULL
        begins = f"l.value LIKE '_%*' AND starts_with({operand}, left(l.value, length(l.value) - 1))"
        listed = f"l.value = {operand} OR ({begins})"
        exists = f"EXISTS (SELECT 1 FROM list_{node.list} AS l WHERE {listed})"
        return f"CASE WHEN {operand} IS NOT NULL THEN {'NOT ' * node.negated}{exists} END"
    return f"{operand} {word} ({', '.join(translate_expression(value, columns) for value in node.values)})"


def _translate_text_test(node: Member, operand: str) -> str:
    """Return a search for texts or for a pattern as SQL on a text that is known."""
    if node.list:
        return f"EXISTS (SELECT 1 FROM list_{node.list} AS l WHERE contains({operand}, l.value))"
    function = "contains" if node.operator == "contains" else "regexp_matches"
    literals = (value.value for value in node.values if isinstance(value, TextLiteral))
    return " OR ".join(f"{function}({operand}, {text_literal(literal)})" for literal in literals)


def _translate_attribute(node: FunctionCall, text: str) -> str:
    """Return a column of a list at the entry that is the text, else at the longest beginning of it, as SQL."""
    begins = f"l.value LIKE '_%*' AND starts_with({text}, left(l.value, length(l.value) - 1))"
    order = f"ORDER BY l.value = {text} DESC, length(l.value) DESC LIMIT 1"
    rows = f"FROM list_{node.list} AS l WHERE l.value = {text} OR ({begins})"
    return f"(SELECT nullif(l.\"{node.column}\", '') {rows} {order})"


def _translate_profile(node: FunctionCall, columns: Columns) -> str:
    """Return a field of the latest registration of a number, as of the fact that the number is read from, as SQL."""
    field = PROFILE_FIELDS[node.column]
    value = f"p.{field.column}"
    if field.type is not Type.TEXT:
        value = f"CASE WHEN isfinite(CAST({value} AS DOUBLE)) THEN round_even(CAST({value} AS DOUBLE), 0) END"
    number, moment = translate_expression(node.argument, columns), _read_at(node.argument, columns)
    rows = f"FROM {PROFILE_TABLE} AS p WHERE p.{PROFILE_KEY} = {number} AND p.occurred_at <= {moment}"
    return f"(SELECT {value} {rows} ORDER BY p.occurred_at DESC, p.event_id DESC LIMIT 1)"


def _read_at(node: Expression, columns: Columns) -> str:
    match node:
        case FieldReference(name=name):
            return columns.read_at(name)
        case FunctionCall(argument=argument):
            return _read_at(argument, columns)
        case Binary(operator="else", left=left, right=right):
            known = f"({translate_expression(left, columns)}) IS NOT NULL"
            return f"CASE WHEN {known} THEN {_read_at(left, columns)} ELSE {_read_at(right, columns)} END"
    return columns.read_at("")


def _translate_points(node: Points, columns: Columns) -> str:
    terms = (
        (translate_expression(weight, columns), translate_expression(condition, columns))
        for weight, condition in node.terms
    )
    return " + ".join(f"CASE WHEN {condition} THEN {weight} ELSE 0e0 END" for weight, condition in terms)


def _translate_call(node: FunctionCall, columns: Columns) -> str:
    if node.function in ("class", "country"):
        return columns.number_fact(node.function, node.argument)
    if node.function == "attribute":
        return _translate_attribute(node, translate_expression(node.argument, columns))
    if node.function == "profile":
        return _translate_profile(node, columns)
    text = translate_expression(node.argument, columns)
    match node.function:
        case "block":
            return f"CASE WHEN length({text}) > {node.count} THEN left({text}, length({text}) - {node.count}) END"
        case "prefix":
            return f"left({text}, {node.count})"
        case "length":
            return f"CAST(length({text}) AS DOUBLE)"
        case "date":
            written = f"regexp_matches({text}, '^(19|20)[0-9][0-9]-[0-9][0-9]-[0-9][0-9]$')"
            moment = f"epoch_ms(CAST(TRY_CAST({text} AS DATE) AS TIMESTAMP)) - {_HOURS_TO_CHINA}"
            return f"CASE WHEN {written} THEN CAST({moment} AS DOUBLE) END"
        case "weekday":
            days = f"((CAST({text} AS BIGINT) + {_HOURS_TO_CHINA}) // 86400000 + 3)"
            return f"CAST({days} % 7 + 1 AS DOUBLE)"
        case "hour":
            return f"CAST((CAST({text} AS BIGINT) + {_HOURS_TO_CHINA}) // 3600000 % 24 AS DOUBLE)"
    raise TypeError(f"no SQL for {node.function}()")
