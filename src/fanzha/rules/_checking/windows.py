"""Check windows: source, key, value, filter and span."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fanzha.base.words import Words
from fanzha.rules._checking.scope import ExpressionInfo, LetBinding, RuleScope
from fanzha.rules._checking.types import FUNCTION_TYPES, WINDOW_GIVES, WINDOW_VALUES, join_types
from fanzha.rules._diagnostics import limits, names, types
from fanzha.rules._reading.foreign_words import FACT_MEANT
from fanzha.rules.catalog import FACTS, PROFILE_FIELDS
from fanzha.rules.diagnostics import nearest
from fanzha.rules.tree import (
    Binary,
    BooleanLiteral,
    Expression,
    FieldReference,
    FunctionCall,
    IsKnown,
    Name,
    NumberLiteral,
    TextLiteral,
    Type,
    Unary,
    WindowExpression,
    WindowKey,
    children,
)
from fanzha.rules.words import FRACTIONAL, MOST_DAYS, MOST_KEYS, UNITS

if TYPE_CHECKING:
    from fanzha.rules._checking.expression_checker import ExpressionChecker

_DAY = UNITS["day"]


def window_sense(senses: "ExpressionChecker", window: WindowExpression, scope: RuleScope) -> ExpressionInfo | None:
    """Return the result type of a window and collect the errors inside it."""
    if scope.in_key:
        senses.mistakes.add(types.WINDOW_IN_KEY, window.location)
        return None
    if window.source not in FACTS:
        right = FACT_MEANT.get(window.source)
        near = Words(f"改写为 {right}", f"write {right}") if right else nearest(window.source, FACTS)
        message_values = {"name": window.source, "nearest_zh": near.zh, "nearest_en": near.en}
        senses.mistakes.add(names.UNKNOWN_FACT, window.location, **message_values)
        return None
    _spans(senses, window)
    if window.level is not None and not (window.level.type is Type.NUMBER and 0 < window.level.value <= 1):
        senses.mistakes.add(limits.QUANTILE_LEVEL, window.level.location, number=window.level.written)
    inside = scope.selected(window.source)
    if len(window.keys) > MOST_KEYS:
        senses.mistakes.add(limits.MANY_KEYS, window.location, most=MOST_KEYS)
    for key in window.keys:
        _key(senses, key, scope, inside)
    if window.where is not None:
        senses.condition(window.where, inside, "where")
    value = senses.infer_type(window.value, inside) if window.value is not None else None
    return _gives(senses, window, value)


def _gives(
    senses: "ExpressionChecker", window: WindowExpression, value: ExpressionInfo | None
) -> ExpressionInfo | None:
    accepted_types = WINDOW_VALUES.get(window.what, ())
    if value and value.type not in accepted_types:
        words = join_types(accepted_types)
        message_values = {"name": window.what, "type": value.type, "wanted_zh": words.zh, "wanted_en": words.en}
        senses.wrong(types.WRONG_VALUE, window.location, **message_values)
        return None
    if window.what == "stddev" and window.value is not None and not is_whole(window.value):
        senses.mistakes.add(types.WHOLE_VALUES, window.location, name=window.what)
    if window.result is not None:
        return ExpressionInfo(Type.TRUTH)
    if window.what in WINDOW_GIVES:
        return ExpressionInfo(WINDOW_GIVES[window.what])
    return ExpressionInfo(value.type) if value else None


def _key(senses: "ExpressionChecker", key: WindowKey, scope: RuleScope, inside: RuleScope) -> None:
    """Check both sides of one part of a key; a single expression is checked on both facts."""
    sides = (key.selected, inside), (key.present, scope)
    side_infos = [
        senses.infer_type(node, RuleScope(s.fact, s.lets, s.later, s.outside, in_key=True)) for node, s in sides
    ]
    for node, _ in sides:
        if not is_plain(node, scope.lets):
            senses.mistakes.add(types.KEY_FORM, node.location)
            return
    left, right = side_infos
    if left and right and left.type is not right.type:
        senses.wrong(types.KEYS_UNLIKE, key.selected.location, left=left.type, right=right.type)
    elif left and right:
        senses.closed(key.selected, key.present, left)


def is_plain(node: Expression, lets: Mapping[str, LetBinding]) -> bool:
    """Return whether a node may be used in a key: its values are never fractional."""
    match node:
        case FieldReference() | TextLiteral() | BooleanLiteral() | WindowExpression():
            return True
        case Name():
            return lets[node.name].plain
        case NumberLiteral():
            return node.value == int(node.value)
        case FunctionCall():
            return is_plain(node.argument, lets)
        case Binary(operator="else"):
            return is_plain(node.left, lets) and is_plain(node.right, lets)
    return False


def uncompared_texts(node: Expression) -> Iterator[WindowExpression]:
    """Yield the windows that are texts and used otherwise than by `=`, `!=` or `is known`."""
    compares = isinstance(node, IsKnown) or (isinstance(node, Binary) and node.operator in ("=", "!="))
    for child in children(node):
        if isinstance(child, WindowExpression) and not compares and is_text_window(child):
            yield child
        yield from uncompared_texts(child)


def is_text_window(window: WindowExpression) -> bool:
    """Return whether a window is a text: that of one of its facts."""
    if window.what not in ("last", "most_frequent") or window.result is not None:
        return False
    node = window.value
    while isinstance(node, Binary) and node.operator == "else":
        node = node.left
    match node:
        case FieldReference(name=name):
            return FACTS[window.source][name].type is Type.TEXT
        case FunctionCall(function="profile", column=column):
            return column in PROFILE_FIELDS and PROFILE_FIELDS[column].type is Type.TEXT
        case FunctionCall(function=function):
            return FUNCTION_TYPES[function][1] is Type.TEXT
        case WindowExpression():
            return is_text_window(node)
    return isinstance(node, TextLiteral)


def is_whole(node: Expression) -> bool:
    """Return whether all values of an expression are whole numbers, or texts."""
    match node:
        case NumberLiteral():
            return node.value.is_integer()
        case WindowExpression():
            return node.what not in FRACTIONAL
        case Unary():
            return is_whole(node.operand)
        case Binary():
            return node.operator != "/" and is_whole(node.left) and is_whole(node.right)
    return isinstance(node, FieldReference | FunctionCall)


def _spans(senses: "ExpressionChecker", window: WindowExpression) -> None:
    add, location, span = senses.mistakes.add, window.location, window.span
    days = span // _DAY
    if span <= 0 or (window.what == "surge" and window.against <= 0):
        add(limits.NO_TIME, location)
    elif days > MOST_DAYS or (days == MOST_DAYS and span % _DAY):
        add(limits.LONG_SPAN, location, most=MOST_DAYS)
    elif max(span, window.against) > _DAY and (window.before or window.what in ("gap", "last", "surge")):
        add(limits.EXACT_ONLY, location, what="before" if window.before else window.what)
    elif window.what == "surge" and window.against <= span:
        add(limits.SHORT_PAST, location)
