"""Read the base columns of a single fact from a mapping of its fields."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from fanzha.base.list_columns import column_list
from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.numbering.terms import CLASSES
from fanzha.kinds.web.links import find_links
from fanzha.rules._engine.base_columns import Lists, is_text, weekday
from fanzha.rules._engine.text_tests import literal_texts, single_attribute_of, single_date_of, single_text_test
from fanzha.rules.catalog import FACTS
from fanzha.rules.tree import Binary, Expression, FieldReference, FunctionCall, Member, SourceLocation, TextLiteral
from fanzha.windows import UNKNOWN
from fanzha.windows.codes import FEW, TextCodes

#: Different texts of one column in an hour. The answers for more, such as those for callers, are not remembered.
MAX_ANSWERS = 1 << 10
SHORT = 64  # characters of a text that is remembered
#: For so long codes are remembered. It is less than what `TextCodes.sweep` leaves to texts that are not encoded again.
REMEMBERED_MS = 3_600_000
LONGEST = 1 << 16  # characters of a text; a longer text is unknown, since senders choose the length

_NO_COLUMN = ""  # the column of constant texts
_MOMENT = FieldReference(SourceLocation(), "occurred_at")
_WEEKDAY = FunctionCall(SourceLocation(), "weekday", _MOMENT)

Fields = Mapping[str, object]
ReadText = Callable[[Fields], str | None]
ReadNumber = Callable[[Fields], int]
Transform = Callable[[str], str | None]

#: Offsets and values of a fact.
Answers = tuple[tuple[int, int], ...]
#: Values by offset.
Values = list[int] | dict[int, int]


class _DerivedText:
    """A text that a column gives, itself or transformed: the offset of its code, -1 for none, and what is asked of it.

    `questions` are offsets with the numbers that depend on the text; their answers are remembered for short texts.
    """

    __slots__ = ("answers", "offset", "questions", "transform")

    def __init__(self, transform: Transform | None) -> None:
        self.transform, self.offset = transform, -1
        self.questions: list[tuple[int, Callable[[str], int]]] = []
        self.answers: dict[str, Answers] = {}

    def answer(self, text: str) -> Answers:
        """Return the answers to the questions, and remember them for a short text."""
        answers = tuple([(offset, question(text)) for offset, question in self.questions])
        if len(text) <= SHORT:
            if len(self.answers) >= MAX_ANSWERS:
                self.answers.clear()
            self.answers[text] = answers
        return answers


class _TextColumn:
    """A text column of an event table, and all that rules read from it.

    While few texts come, all answers and codes are remembered by text.
    """

    __slots__ = ("answers", "derived", "is_varied", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.derived: dict[Expression, _DerivedText] = {}
        self.answers: dict[str, Answers] = {}
        self.is_varied = False  # too many texts to remember

    def answer(self, text: str, codes: TextCodes, now: int) -> Answers:
        """Return the values that depend on a text of the column, and remember those of a short text."""
        answers, offsets, texts = dict[int, int](), list[int](), list[str]()
        self.read(text, answers, offsets, texts)
        _write_codes(answers, offsets, texts, codes, now)
        answered = tuple(answers.items())
        if len(text) <= SHORT and all(value != UNKNOWN for _, value in answered):
            self.is_varied = len(self.answers) >= MAX_ANSWERS
            self.answers[text] = answered
        return answered

    def read(self, text: str, values: Values, offsets: list[int], texts: list[str]) -> None:
        """Write the answers that depend on a text of the column to `values`; add the texts whose codes are needed."""
        for derived in self.derived.values():
            value = text if derived.transform is None else derived.transform(text)
            if value is None:
                continue
            if derived.offset >= 0:
                offsets.append(derived.offset)
                texts.append(value)
            if derived.questions:
                known = derived.answers.get(value)
                for offset, number in derived.answer(value) if known is None else known:
                    values[offset] = number

    def forget(self) -> None:
        """Forget all answers and remember again."""
        self.answers.clear()
        self.is_varied = False


class FieldReader:
    """The base columns of one event table, each with its offset in the values of a fact."""

    def __init__(self, table: str, nodes: Mapping[Expression, int], lists: Lists) -> None:
        columns: dict[str, _TextColumn] = {}
        self._moments, self._weekdays = list[int](), list[int]()
        self._numbers = list[tuple[int, ReadNumber]]()
        for node, offset in nodes.items():
            if is_text(node, table):
                _derive(node, table, columns, lists).offset = offset
            elif node == _MOMENT:
                self._moments.append(offset)
            elif node == _WEEKDAY:
                self._weekdays.append(offset)
            elif (asked := _question(node, lists)) is not None:
                _derive(asked.text, table, columns, lists).questions.append((offset, asked.answer))
            else:
                self._numbers.append((offset, _number(node, table)))
        self._columns = [(column.name, column.answers, column) for column in columns.values()]
        self._codes: TextCodes | None = None  # whose codes are remembered
        self._stale_at = UNKNOWN

    def read(self, fields: Fields, codes: TextCodes, now: int, values: list[int]) -> None:
        """Write the columns at their offsets in `values`, which are UNKNOWN before.

        The moment of the fact is `now`, not its own field.
        """
        if codes is not self._codes or now >= self._stale_at:
            self._forget(codes, now)
        for offset in self._moments:
            values[offset] = now
        for offset in self._weekdays:
            values[offset] = weekday(now)
        for offset, read_number_ in self._numbers:
            values[offset] = read_number_(fields)
        get, offsets, texts = fields.get, list[int](), list[str]()
        for name, answers, column in self._columns:
            text = get(name) if name else _NO_COLUMN
            if not isinstance(text, str) or len(text) > LONGEST:
                continue
            if column.is_varied:
                column.read(text, values, offsets, texts)
                continue
            known = answers.get(text)
            for offset, number in column.answer(text, codes, now) if known is None else known:
                values[offset] = number
        _write_codes(values, offsets, texts, codes, now)

    def _forget(self, codes: TextCodes, now: int) -> None:
        """Forget all answers, since their codes are others or must be encoded again to stay."""
        self._codes, self._stale_at = codes, now + REMEMBERED_MS
        for _, _, column in self._columns:
            column.forget()


def _write_codes(values: Values, offsets: list[int], texts: list[str], codes: TextCodes, now: int) -> None:
    """Write the codes of texts at their offsets."""
    for begin in range(0, len(texts), FEW):
        for offset, code in zip(offsets[begin:], codes.encode_few(texts[begin : begin + FEW], now), strict=False):
            values[offset] = code


def _derive(node: Expression, table: str, columns: dict[str, _TextColumn], lists: Lists) -> _DerivedText:
    """Return the text of a node, added to its column."""
    name, transform = _text(node, table, lists)
    column = columns.setdefault(name, _TextColumn(name))
    return column.derived.setdefault(node, _DerivedText(transform))


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
            value, negated = literal.value, operator == "!="
            return _Question(text_node, lambda text: int((text == value) != negated))
        case Member(operand=operand, negated=negated):
            members = lists[node.list] if node.list else literal_texts(node)
            holds = single_text_test(node.operator, members, prefixes=bool(node.list))
            return _Question(operand, lambda text: int(holds(text) != negated))
        case FunctionCall(function="length", argument=argument):
            return _Question(argument, len)
        case FunctionCall(function="date", argument=argument):
            return _Question(argument, single_date_of)
        case _:
            return None


def _number(node: Expression, table: str) -> ReadNumber:
    match node:
        case FieldReference(name="has_link"):
            return _has_link
        case FieldReference(name=name):
            column = FACTS[table][name].column
            return lambda fields: _whole(fields.get(column))
        case FunctionCall(function="weekday", argument=argument):
            read_moment = _number(argument, table)
            return lambda fields: UNKNOWN if (moment := read_moment(fields)) == UNKNOWN else weekday(moment)
        case _:
            raise TypeError(f"{type(node).__name__} is no base column")


def _has_link(fields: Fields) -> int:
    text = fields.get("text")
    return int(isinstance(text, str) and len(text) <= LONGEST and _host(text) is not None)


def _whole(value: object) -> int:
    """Round a number to an integer, halves to even; UNKNOWN if it is no number or too large."""
    if isinstance(value, int):
        return int(value) if UNKNOWN < value <= -UNKNOWN - 1 else UNKNOWN
    return round(value) if isinstance(value, float) and abs(value) < 2.0**62 else UNKNOWN


def _text(node: Expression, table: str, lists: Lists) -> tuple[str, Transform | None]:
    """Return the column that a text is read from, and how it is computed from it (None: it is the column's text)."""
    match node:
        case FieldReference(name="link_host"):
            return "text", _host
        case FieldReference(name=name):
            return FACTS[table][name].column, None
        case TextLiteral(value=value):
            return _NO_COLUMN, lambda _: value
        case FunctionCall(argument=argument):
            column, inner = _text(argument, table, lists)
            outer = _text_function(node, lists)
            return column, outer if inner is None else _chain(inner, outer)
        case _:
            raise TypeError(f"{type(node).__name__} is not text")


def _chain(inner: Transform, outer: Transform) -> Transform:
    return lambda text: None if (value := inner(text)) is None else outer(value)


def _text_function(node: FunctionCall, lists: Lists) -> Transform:
    count = node.count or 0
    match node.function:
        case "attribute":
            return single_attribute_of(lists[column_list(node.list, node.column)])
        case "prefix":
            return lambda text: text[:count]
        case "block":
            return lambda text: (text[:-count] if count else "") or None
        case "class":
            return lambda text: _classified(text)[0]
        case "country":
            return lambda text: _classified(text)[1] or None
        case _:
            raise TypeError(f"{node.function} gives no text")


@lru_cache(maxsize=1 << 16)
def _classified(text: str) -> tuple[str, str]:
    number = read_number(text)
    return CLASSES[number.number_class].value, number.region


def _host(text: str) -> str | None:
    """Return the host of the first link of a text."""
    links = find_links(text)
    return links[0].location.host if links else None
