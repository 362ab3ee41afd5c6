"""Read the base columns of a single fact from a mapping of its fields."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.numbering.terms import CLASSES
from fanzha.kinds.web.links import find_links
from fanzha.rules._engine.base_columns import Lists, is_text
from fanzha.rules.catalog import FACTS
from fanzha.rules.tree import Binary, Expression, FieldReference, FunctionCall, Member, SourceLocation, TextLiteral
from fanzha.windows import UNKNOWN
from fanzha.windows.codes import FEW, TextCodes

LONGEST = 1 << 16  # characters of a text; a longer text is unknown, since senders choose the length

_MOMENT = FieldReference(SourceLocation(), "occurred_at")

Fields = Mapping[str, object]
ReadText = Callable[[Fields], str | None]
ReadNumber = Callable[[Fields], int]


class FieldReader:
    """The base columns of one event table, each with its offset in the values of a fact."""

    def __init__(self, table: str, nodes: Mapping[Expression, int], lists: Lists) -> None:
        texts = {node: offset for node, offset in nodes.items() if is_text(node, table)}
        self._plain = [(offset, column) for node, offset in texts.items() if (column := _plain(node, table))]
        self._made = [(offset, _text(node, table)) for node, offset in texts.items() if not _plain(node, table)]
        numbers = {node: offset for node, offset in nodes.items() if node not in texts}
        self._moments = [offset for node, offset in numbers.items() if node == _MOMENT]
        self._numbers = [(offset, _number(node, table, lists)) for node, offset in numbers.items() if node != _MOMENT]

    def read(self, fields: Fields, codes: TextCodes, now: int, values: list[int]) -> None:
        """Write the columns at their offsets in `values`; the moment of the fact is `now`, not its own field."""
        for offset in self._moments:
            values[offset] = now
        for offset, number in self._numbers:
            values[offset] = number(fields)
        text_offsets, texts = [], []
        get = fields.get
        for offset, column in self._plain:
            text = get(column)
            if isinstance(text, str) and len(text) <= LONGEST:
                text_offsets.append(offset)
                texts.append(text)
        for offset, read_number_ in self._made:
            if (text := read_number_(fields)) is not None:
                text_offsets.append(offset)
                texts.append(text)
        for begin in range(0, len(texts), FEW):
            for offset, code in zip(
                text_offsets[begin:], codes.encode_few(texts[begin : begin + FEW], now), strict=False
            ):
                values[offset] = code


def _number(node: Expression, table: str, lists: Lists) -> ReadNumber:
    match node:
        case Binary(operator=operator, left=left, right=right):
            literal, text_node = (left, right) if isinstance(left, TextLiteral) else (right, left)
            assert isinstance(literal, TextLiteral)
            return _membership(_text(text_node, table), frozenset({literal.value}), operator == "!=")
        case Member(operand=operand, negated=negated):
            values = frozenset(lists[node.list]) if node.list else _literals(node)
            return _membership(_text(operand, table), values, negated)
        case FunctionCall(function="length", argument=argument):
            text = _text(argument, table)
            return lambda fields: UNKNOWN if (value := text(fields)) is None else len(value)
        case FieldReference(name="has_link"):
            return lambda fields: int(_host(fields.get("text")) is not None)
        case FieldReference(name=name):
            column = FACTS[table][name].column
            return lambda fields: _whole(fields.get(column))
        case _:
            raise TypeError(f"{type(node).__name__} is no base column")


def _literals(node: Member) -> frozenset[str]:
    return frozenset(value.value for value in node.values if isinstance(value, TextLiteral))


def _membership(text: ReadText, values: frozenset[str], negated: bool) -> ReadNumber:
    def is_member(fields: Fields) -> int:
        value = text(fields)
        return UNKNOWN if value is None else int((value in values) != negated)

    return is_member


def _whole(value: object) -> int:
    """Round a number to an integer, halves to even; UNKNOWN if it is no number or too large."""
    if isinstance(value, int):
        return int(value) if UNKNOWN < value <= -UNKNOWN - 1 else UNKNOWN
    return round(value) if isinstance(value, float) and abs(value) < 2.0**62 else UNKNOWN


def _plain(node: Expression, table: str) -> str:
    """Return the column that a text is read from, "" if it is computed."""
    return FACTS[table][node.name].column if isinstance(node, FieldReference) else ""


def _text(node: Expression, table: str) -> ReadText:
    match node:
        case FieldReference(name="link_host"):
            return lambda fields: _host(fields.get("text"))
        case FieldReference(name=name):
            return _column(FACTS[table][name].column)
        case TextLiteral(value=value):
            return lambda fields: value
        case FunctionCall(function=function, argument=argument, count=count):
            text, transform = _text(argument, table), _text_function(function, count or 0)
            return lambda fields: None if (argument_text := text(fields)) is None else transform(argument_text)
        case _:
            raise TypeError(f"{type(node).__name__} is not text")


def _column(name: str) -> ReadText:
    def text(fields: Fields) -> str | None:
        value = fields.get(name)
        return value if isinstance(value, str) and len(value) <= LONGEST else None

    return text


def _text_function(function: str, count: int) -> Callable[[str], str | None]:
    match function:
        case "prefix":
            return lambda text: text[:count]
        case "block":
            return lambda text: (text[:-count] if count else "") or None
        case "class":
            return lambda text: _classified(text)[0]
        case "country":
            return lambda text: _classified(text)[1] or None
        case _:
            raise TypeError(f"{function} gives no text")


@lru_cache(maxsize=1 << 16)
def _classified(text: str) -> tuple[str, str]:
    number = read_number(text)
    return CLASSES[number.number_class].value, number.region


def _host(text: object) -> str | None:
    """Return the host of the first link of a text."""
    links = find_links(text) if isinstance(text, str) and len(text) <= LONGEST else []
    return links[0].location.host if links else None
