"""Base columns, read once from an event table: numbers, text codes, and text predicates as 0 or 1."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.list_columns import column_list
from fanzha.kinds.web.links import find_links
from fanzha.rules._engine.numbers import Numbers
from fanzha.rules._engine.profiles import SubscriberFacts, to_whole
from fanzha.rules._engine.text_tests import attributes_of, dates_of, literal_texts, text_test
from fanzha.rules.catalog import FACTS, PROFILE_FIELDS
from fanzha.rules.tree import (
    Binary,
    Expression,
    FieldReference,
    FunctionCall,
    Member,
    Rank,
    TextLiteral,
    Type,
    WindowExpression,
)
from fanzha.windows import CHINA_MS, DAY_MS, UNKNOWN
from fanzha.windows.codes import TextCodes, without_last

pc: Any = pyarrow.compute

Lists = Mapping[str, Sequence[str]]
Moment = TypeVar("Moment", int, NDArray[np.int64])


def is_base(node: Expression, fact: str) -> bool:
    """Return whether an expression is a column when rules are decided: a field, a text, a predicate on a text, a rank.

    If the text uses `else`, the column is selected from other columns (fanzha.rules._engine.program).
    """
    match node:
        case FieldReference() | TextLiteral() | Rank():
            return True
        case FunctionCall(argument=argument):
            is_number = node.function in ("weekday", "profile") or (
                node.function in ("length", "date") and is_text(argument, fact)
            )
            return is_number or is_text(node, fact)
        case Binary(operator="=" | "!=", left=left, right=right):
            return (
                is_text(left, fact)
                and is_text(right, fact)
                and (isinstance(left, TextLiteral) or isinstance(right, TextLiteral))
                and not (isinstance(left, WindowExpression) or isinstance(right, WindowExpression))
            )
        case Binary(operator="else"):
            return is_text(node, fact)
        case Member(operand=operand):
            return is_text(operand, fact)
        case _:
            return False


def is_text(node: Expression, fact: str) -> bool:
    """Return whether an expression over fields, or a window, is text."""
    match node:
        case TextLiteral():
            return True
        case FieldReference(name=name):
            return FACTS[fact][name].type is Type.TEXT
        case FunctionCall(function="profile", column=column):
            return PROFILE_FIELDS[column].type is Type.TEXT
        case FunctionCall(function=function):
            return function not in ("length", "hour", "weekday", "date")
        case Binary(operator="else", left=left):
            return is_text(left, fact)
        case WindowExpression(what="last" | "most_frequent", result=None, source=source, value=value):
            return value is not None and is_text(value, source)
        case _:
            return False


def base_field(node: Expression) -> str:
    """Return the one field that a base column reads, "" when it reads none."""
    match node:
        case TextLiteral():
            return ""
        case FieldReference(name=name):
            return name
        case FunctionCall(argument=argument):
            return base_field(argument)
        case Binary(left=left, right=right):
            return base_field(right if isinstance(left, TextLiteral) else left)
        case Member(operand=operand):
            return base_field(operand)
        case _:
            raise TypeError(f"{type(node).__name__} reads no single field")


class BaseColumnReader:
    """The base columns of one batch of events; intermediate results are computed once."""

    def __init__(
        self,
        table: str,
        batch: pa.RecordBatch,
        codes: TextCodes,
        numbers: Numbers,
        lists: Lists,
        profiles: SubscriberFacts,
        now: int,
    ) -> None:
        """`now` is the last moment of the batch: codes met in it are kept that long."""
        self._fields, self._batch, self._codes, self._lists, self._now = FACTS[table], batch, codes, lists, now
        self._numbers, self._profiles = numbers, profiles
        self._classes: dict[Expression, tuple[pa.Array[Any], pa.Array[Any]]] = {}
        self._texts: dict[Expression, Any] = {}
        self._columns: dict[Expression, NDArray[np.int64]] = {}

    def column(self, node: Expression) -> NDArray[np.int64]:
        """Return one base column, n whole numbers."""
        if node not in self._columns:
            self._columns[node] = self._compute_column(node)
        return self._columns[node]

    def _compute_column(self, node: Expression) -> NDArray[np.int64]:
        match node:
            case Binary(operator=operator, left=left, right=right):
                literal, text_node = (left, right) if isinstance(left, TextLiteral) else (right, left)
                assert isinstance(literal, TextLiteral)
                equal = _of_each(self._text(text_node), lambda texts: pc.equal(texts, literal.value))
                return to_whole(pc.invert(equal) if operator == "!=" else equal)
            case Member(operand=operand, negated=negated):
                test = text_test(node.operator, self._members(node), prefixes=bool(node.list))
                holds = _of_each(self._text(operand), test)
                holds = pc.if_else(self._text(operand).is_null(), None, holds)
                return to_whole(pc.invert(holds) if negated else holds)
            case FunctionCall(function="length", argument=argument):
                return to_whole(_of_each(self._text(argument), pc.utf8_length))
            case FunctionCall(function="date", argument=argument):
                return to_whole(_of_each(self._text(argument), dates_of))
            case FunctionCall(function="profile", column=field) if PROFILE_FIELDS[field].type is not Type.TEXT:
                return self._profiles.numbers(field, *self._registered(node.argument))
            case FunctionCall(function="weekday", argument=argument):
                moments = self.column(argument)
                return np.where(moments == UNKNOWN, UNKNOWN, weekday(moments))
            case FunctionCall(function="block", argument=argument, count=count):
                cut, left_over = without_last(self.column(argument), count or 0)
                if left_over.any():
                    cut[left_over] = self._encode(_block(self._text(argument).filter(pa.array(left_over)), count or 0))
                return cut
            case FieldReference(name=name) if name in self._fields and self._fields[name].type is not Type.TEXT:
                return to_whole(self._field(name))
            case _:
                return self._encode(self._text(node))

    def _encode(self, texts: Any) -> NDArray[np.int64]:
        if not pa.types.is_dictionary(texts.type):
            return self._codes.encode(texts, self._now)
        codes = np.append(self._codes.encode(texts.dictionary, self._now), UNKNOWN)
        row_codes: NDArray[np.int64] = codes[pc.fill_null(texts.indices.cast(pa.int64()), -1).to_numpy()]
        return row_codes

    def _members(self, node: Member) -> Sequence[str]:
        return self._lists[node.list] if node.list else literal_texts(node)

    def _text(self, node: Expression) -> Any:
        if node not in self._texts:
            self._texts[node] = self._compute_text(node)
        return self._texts[node]

    def _compute_text(self, node: Expression) -> Any:
        match node:
            case FieldReference(name=name):
                return self._field(name)
            case TextLiteral(value=value):
                return pa.repeat(pa.scalar(value), len(self._batch))
            case FunctionCall(function="prefix", argument=argument, count=count):
                return _of_each(self._text(argument), lambda texts: pc.utf8_slice_codeunits(texts, 0, count))
            case FunctionCall(function="block", argument=argument, count=count):
                return _block(self._text(argument), count or 0)
            case FunctionCall(function="attribute", argument=argument):
                members = self._lists[column_list(node.list, node.column)]
                return _of_each(self._text(argument), attributes_of(members))
            case FunctionCall(function="profile", argument=argument, column=field):
                return self._profiles.texts(field, *self._registered(argument))
            case FunctionCall(function="class", argument=argument):
                return self._classify(argument)[0]
            case FunctionCall(function="country", argument=argument):
                return self._classify(argument)[1]
            case _:
                raise TypeError(f"{type(node).__name__} is not text")

    def _registered(self, node: Expression) -> tuple[Any, NDArray[np.int64], NDArray[np.int64]]:
        """Return the numbers whose registrations are read, their codes, and the moments of the look-ups (UTC ms)."""
        return self._text(node), self.column(node), self._batch.column("occurred_at").to_numpy()

    def _classify(self, node: Expression) -> "tuple[pa.Array[Any], pa.Array[Any]]":
        if node not in self._classes:
            self._classes[node] = self._numbers.classify(self._text(node), self.column(node))
        return self._classes[node]

    def _field(self, name: str) -> Any:
        if name in ("link_host", "has_link"):
            return self._hosts if name == "link_host" else pc.is_valid(self._hosts)
        return self._batch.column(self._fields[name].column if name in self._fields else name)

    @cached_property
    def _hosts(self) -> "pa.Array[Any]":
        """The host of the first link of each text."""
        hosts: pa.Array[Any] = _of_each(self._batch.column("text"), _first_hosts)
        return hosts


def weekday(moment: Moment) -> Moment:
    """Return the day of the week in China of a moment (UTC ms), 1 for Monday to 7 for Sunday."""
    return ((moment + CHINA_MS) // DAY_MS + 3) % 7 + 1  # 1970-01-01 was a Thursday


def _first_hosts(texts: "pa.Array[Any]") -> "pa.Array[Any]":
    maybe = np.flatnonzero(
        pc.match_substring_regex(texts, r"[.。．｡․]|dot|://|：／／|点").to_numpy(zero_copy_only=False)
    )
    hosts: list[str | None] = [None] * len(texts)
    for row in maybe.tolist():
        if links := find_links(texts[row].as_py()):
            hosts[row] = links[0].location.host
    return pa.array(hosts, pa.string())


def _of_each(texts: Any, ask: Callable[[Any], Any]) -> Any:
    """Apply a function to each text; to each distinct word once if the texts are a dictionary."""
    if not pa.types.is_dictionary(texts.type):
        return ask(texts)
    return ask(texts.dictionary).take(texts.indices)


def _block(texts: Any, count: int) -> Any:
    cut = _of_each(texts, lambda words: pc.utf8_slice_codeunits(words, 0, -count))
    return pc.if_else(pc.equal(cut, ""), None, cut)
