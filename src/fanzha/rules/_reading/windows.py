"""Parse windows: aggregate, source, value, key, filter and span."""

from typing import TYPE_CHECKING

from fanzha.rules._diagnostics import grammar, limits
from fanzha.rules._reading.cursor import Cursor
from fanzha.rules._reading.tokenizer import Token, TokenKind
from fanzha.rules.tree import After, Expression, NumberLiteral, Type, WindowExpression, WindowKey
from fanzha.rules.words import MOST_STEPS, VALUED

if TYPE_CHECKING:
    from fanzha.rules._reading.expressions import Expressions


def read_window(expressions: "Expressions") -> WindowExpression:
    """Parse one window from its name to its closing bracket."""
    cursor = expressions.cursor
    what = cursor.take()
    cursor.expect("(")
    level = _level(cursor) if what.text == "quantile" else None
    value = _value(expressions, what.text) if what.text in VALUED else None
    source, keys, where = _selection(expressions, what.text)
    if not cursor.accept(","):
        cursor.stop(grammar.NO_SPAN)
    span = duration(cursor)
    before, against = False, None
    if what.text == "surge":
        if not cursor.accept("against"):
            cursor.stop(grammar.NO_AGAINST)
        against = duration(cursor)
    else:
        before = cursor.accept("before") is not None
    cursor.expect(")")
    written = (span.text,) if against is None else (span.text, against.text)
    past = 0 if against is None else int(against.number)
    return WindowExpression(
        what.location, what.text, source, keys, int(span.number), value, where, before, past, level, written
    )


def _level(cursor: Cursor) -> NumberLiteral:
    token = cursor.expect_sort(TokenKind.NUMBER, "the share of values below, say 90%")
    cursor.expect(",")
    return NumberLiteral(token.location, token.number, token.type, token.text)


def read_after(expressions: "Expressions") -> After:
    """Parse `after(FACT by KEY where CONDITION, SPAN then …)`."""
    cursor = expressions.cursor
    location = cursor.take().location
    cursor.expect("(")
    steps = [_step(expressions)]
    while cursor.accept("then"):
        steps.append(_step(expressions))
    if len(steps) > MOST_STEPS:
        cursor.stop(limits.MANY_STEPS, most=MOST_STEPS)
    cursor.expect(")")
    return After(location, tuple(steps))


def _step(expressions: "Expressions") -> WindowExpression:
    cursor = expressions.cursor
    location = cursor.next.location
    source, keys, where = _selection(expressions, "after")
    if not cursor.accept(","):
        cursor.stop(grammar.NO_SPAN)
    span = duration(cursor)
    return WindowExpression(
        location, "count", source, keys, int(span.number), None, where, before=True, written=(span.text,)
    )


def read_absent(expressions: "Expressions") -> WindowExpression:
    """Parse the facts that must not follow: `FACT by KEY where CONDITION within SPAN`."""
    cursor = expressions.cursor
    location = cursor.next.location
    source, keys, where = _selection(expressions, "not followed by")
    cursor.expect("within")
    span = duration(cursor)
    return WindowExpression(location, "count", source, keys, int(span.number), None, where, written=(span.text,))


def _value(expressions: "Expressions", what: str) -> Expression:
    value = expressions.expression()
    if not expressions.cursor.accept("of"):
        expressions.cursor.stop(grammar.NO_VALUE, name=what)
    return value


def _selection(expressions: "Expressions", what: str) -> tuple[str, tuple[WindowKey, ...], Expression | None]:
    cursor = expressions.cursor
    source = cursor.name("a fact, say call_ended")
    if cursor.sees("of") and what not in VALUED:
        cursor.stop(grammar.VALUE_TOO_MUCH, name=what)
    if not cursor.accept("by"):
        cursor.stop(grammar.NO_KEY, source if what == "not followed by" else None, source=source.text)
    keys = [_key(expressions)]
    while cursor.sees(",") and cursor.after_next.sort is not TokenKind.NUMBER:
        cursor.take()
        keys.append(_key(expressions))
    where = expressions.expression() if cursor.accept("where") else None
    return source.text, tuple(keys), where


def _key(expressions: "Expressions") -> WindowKey:
    selected = expressions.deeper(expressions.sum)
    present = expressions.deeper(expressions.sum) if expressions.cursor.accept("=") else selected
    return WindowKey(selected, present)


def duration(cursor: Cursor) -> Token:
    """Consume a number with a unit of time, or stop."""
    token = cursor.expect_sort(TokenKind.NUMBER, "a duration, say 1h")
    if token.type is not Type.DURATION:
        cursor.stop(grammar.NEEDS_UNIT, token, number=token.text)
    return token
