"""Read the base columns of a single fact from a mapping of its fields."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.numbering.terms import CLASSES
from fanzha.kinds.web.links import find_links
from fanzha.rules._engine.base_columns import Lists, is_text
from fanzha.rules.catalog import FACTS
from fanzha.rules.tree import Binary, Expression, FieldReference, FunctionCall, Member, SourceLocation, TextLiteral
from fanzha.windows import UNKNOWN
from fanzha.windows.codes import FEW, TextCodes

MAX_ANSWERS = 1 << 12  # texts whose answers are remembered; the same few come again, such as the class of a number
SHORT = 64  # characters of a text that is remembered
LONGEST = 1 << 16  # characters of a text; a longer text is unknown, since senders choose the length

_MOMENT = FieldReference(SourceLocation(), "occurred_at")

Fields = Mapping[str, object]
ReadText = Callable[[Fields], str | None]
ReadNumber = Callable[[Fields], int]


class _TextSource:
    """A text of a fact: the offset of its code, and the offsets of what is asked of it, answered once for each text."""

    __slots__ = ("answers", "column", "offset", "questions", "read")

    def __init__(self, node: Expression, table: str) -> None:
        self.read, self.offset = _text(node, table), -1
        self.column = _plain(node, table)  # that it is read from, "" if it is computed
        self.questions: list[tuple[int, Callable[[str], int]]] = []
        self.answers: dict[str, tuple[tuple[int, int], ...]] = {}  # offset and value by text

    def answer(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return offset and value of each question, and remember them for a short text."""
        answers = tuple((offset, question(text)) for offset, question in self.questions)
        if len(text) <= SHORT:
            if len(self.answers) >= MAX_ANSWERS:
                self.answers.clear()
            self.answers[text] = answers
        return answers


class FieldReader:
    """The base columns of one event table, each with its offset in the values of a fact."""

    def __init__(self, table: str, nodes: Mapping[Expression, int], lists: Lists) -> None:
        texts = {node: offset for node, offset in nodes.items() if is_text(node, table)}
        numbers = {node: offset for node, offset in nodes.items() if node not in texts}
        sources: dict[Expression, _TextSource] = {}
        for node in sorted(texts, key=lambda node: not isinstance(node, FieldReference)):
            sources[node] = _TextSource(node, table)
            sources[node].offset = texts[node]
        self._moments = [offset for node, offset in numbers.items() if node == _MOMENT]
        self._numbers = list[tuple[int, ReadNumber]]()
        for node, offset in numbers.items():
            if node == _MOMENT:
                continue
            if (asked := _question(node, lists)) is None:
                self._numbers.append((offset, _number(node, table)))
            else:
                source = sources.setdefault(asked.text, _TextSource(asked.text, table))
                source.questions.append((offset, asked.answer))
        self._sources = list(sources.values())

    def read(self, fields: Fields, codes: TextCodes, now: int, values: list[int]) -> None:
        """Write the columns at their offsets in `values`, which are UNKNOWN before.

        The moment of the fact is `now`, not its own field.
        """
        for offset in self._moments:
            values[offset] = now
        for offset, number in self._numbers:
            values[offset] = number(fields)
        text_offsets, texts, get = list[int](), list[str](), fields.get
        for source in self._sources:
            if source.column:
                value = get(source.column)
                if not isinstance(value, str) or len(value) > LONGEST:
                    continue
                text = value
            elif (made := source.read(fields)) is None:
                continue
            else:
                text = made
            if source.offset >= 0:
                text_offsets.append(source.offset)
                texts.append(text)
            if source.questions:
                for offset, value in source.answers.get(text) or source.answer(text):
                    values[offset] = value
        for begin in range(0, len(texts), FEW):
            for offset, code in zip(
                text_offsets[begin:], codes.encode_few(texts[begin : begin + FEW], now), strict=False
            ):
                values[offset] = code


class _Question(NamedTuple):
    """A number that depends on one text of the fact."""

    text: Expression
    answer: Callable[[str], int]


def _question(node: Expression, lists: Lists) -> _Question | None:
    """Return the question that a node asks of a text; None if it reads no text."""
    match node:
        case Binary(operator=operator, left=left, right=right):
            literal, text_node = (left, right) if isinstance(left, TextLiteral) else (right, left)
            assert isinstance(literal, TextLiteral)
            return _Question(text_node, _membership(frozenset({literal.value}), operator == "!="))
        case Member(operand=operand, negated=negated):
            values = frozenset(lists[node.list]) if node.list else _literals(node)
            return _Question(operand, _membership(values, negated))
        case FunctionCall(function="length", argument=argument):
            return _Question(argument, len)
        case _:
            return None


def _number(node: Expression, table: str) -> ReadNumber:
    match node:
        case FieldReference(name="has_link"):
            return lambda fields: int(_host(fields.get("text")) is not None)
        case FieldReference(name=name):
            column = FACTS[table][name].column
            return lambda fields: _whole(fields.get(column))
        case _:
            raise TypeError(f"{type(node).__name__} is no base column")


def _literals(node: Member) -> frozenset[str]:
    return frozenset(value.value for value in node.values if isinstance(value, TextLiteral))


def _membership(values: frozenset[str], negated: bool) -> Callable[[str], int]:
    return lambda text: int((text in values) != negated)


def _whole(value: object) -> int:
    """Round a number to an integer, halves to even; UNKNOWN if it is no number or too large."""
    if isinstance(value, int):
        return int(value) if UNKNOWN < value <= -UNKNOWN - 1 else UNKNOWN
    return round(value) if isinstance(value, float) and abs(value) < 2.0**62 else UNKNOWN


def _plain(node: Expression, table: str) -> str:
    """Return the column that a text is read from, "" if it is computed."""
    return FACTS[table][node.name].column if isinstance(node, FieldReference) and node.name != "link_host" else ""


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
