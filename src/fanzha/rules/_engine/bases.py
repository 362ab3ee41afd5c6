"""What is read off an event once, at its table: numbers as they are, text as codes, questions about text as 0 or 1."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.kinds._names.links import find_links
from fanzha.kinds.phone_number import classify_many
from fanzha.rules.catalog import FACTS
from fanzha.rules.tree import Binary, Call, Field, Member, Node, Text, Type
from fanzha.windows import UNKNOWN
from fanzha.windows.codes import Codes

pc: Any = pyarrow.compute

Lists = Mapping[str, Sequence[str]]


def is_base(node: Node, fact: str) -> bool:
    """Tell whether an expression is a base column of a fact: a field or text, and at most questions about its text.

    Where the text is one of several (`else`), the column is chosen from others (fanzha.rules._engine.choices).
    """
    match node:
        case Field() | Text():
            return True
        case Call(argument=argument):
            return is_text(node, fact) or (node.function == "length" and is_text(argument, fact))
        case Binary(operator="=" | "!=", left=left, right=right):
            return is_text(left, fact) and is_text(right, fact) and (isinstance(left, Text) or isinstance(right, Text))
        case Binary(operator="else"):
            return is_text(node, fact)
        case Member(operand=operand):
            return is_text(operand, fact)
        case _:
            return False


def is_text(node: Node, fact: str) -> bool:
    """Tell whether an expression over fields is text."""
    match node:
        case Text():
            return True
        case Field(name=name):
            return FACTS[fact][name].type is Type.TEXT
        case Call(function=function):
            return function not in ("length", "hour")
        case Binary(operator="else", left=left):
            return is_text(left, fact)
        case _:
            return False


def field_of(node: Node) -> str:
    """Return the one field that a base column reads, "" when it reads none."""
    match node:
        case Text():
            return ""
        case Field(name=name):
            return name
        case Call(argument=argument):
            return field_of(argument)
        case Binary(left=left, right=right):
            return field_of(right if isinstance(left, Text) else left)
        case Member(operand=operand):
            return field_of(operand)
        case _:
            raise TypeError(f"{type(node).__name__} reads no single field")


class Reading:
    """The base columns of one batch of events; what several of them need is made once."""

    def __init__(self, table: str, batch: pa.RecordBatch, codes: Codes, lists: Lists, now: int) -> None:
        """`now` is the last moment of the batch: codes met in it are kept that long."""
        self._fields, self._batch, self._codes, self._lists, self._now = FACTS[table], batch, codes, lists, now
        self._texts: dict[Node, Any] = {}
        self._columns: dict[Node, NDArray[np.int64]] = {}

    def column(self, node: Node) -> NDArray[np.int64]:
        """Return one base column, n whole numbers."""
        if node not in self._columns:
            self._columns[node] = self._made_column(node)
        return self._columns[node]

    def _made_column(self, node: Node) -> NDArray[np.int64]:
        match node:
            case Binary(operator=operator, left=left, right=right):
                literal, asked = (left, right) if isinstance(left, Text) else (right, left)
                assert isinstance(literal, Text)
                found = pc.equal(self._text(asked), literal.value)
                return _numbers(pc.invert(found) if operator == "!=" else found)
            case Member(operand=operand, negated=negated):
                texts = self._text(operand)
                found = pc.is_in(texts, value_set=self._members(node))
                found = pc.if_else(texts.is_null(), None, found)
                return _numbers(pc.invert(found) if negated else found)
            case Call(function="length", argument=argument):
                return _numbers(pc.utf8_length(self._text(argument)))
            case Field(name=name) if name in self._fields and self._fields[name].type is not Type.TEXT:
                return _numbers(self._field(name))
            case _:
                return self._codes.encode(self._text(node), self._now)

    def _members(self, node: Member) -> "pa.Array[Any]":
        if node.list:
            return pa.array(list(self._lists[node.list]), pa.string())
        return pa.array([value.value for value in node.values if isinstance(value, Text)], pa.string())

    def _text(self, node: Node) -> Any:
        if node not in self._texts:
            self._texts[node] = self._made_text(node)
        return self._texts[node]

    def _made_text(self, node: Node) -> Any:
        match node:
            case Field(name=name):
                return self._field(name)
            case Text(value=value):
                return pa.repeat(pa.scalar(value), len(self._batch))
            case Call(function="prefix", argument=argument, count=count):
                return pc.utf8_slice_codeunits(self._text(argument), 0, count)
            case Call(function="block", argument=argument, count=count):
                cut = pc.utf8_slice_codeunits(self._text(argument), 0, -(count or 0))
                return pc.if_else(pc.equal(cut, ""), None, cut)
            case Call(function="class", argument=argument):
                return self._classified(argument).column("number_class").cast(pa.string())
            case Call(function="country", argument=argument):
                region = self._classified(argument).column("region").cast(pa.string())
                return pc.if_else(pc.equal(region, ""), None, region)
            case _:
                raise TypeError(f"{type(node).__name__} is not text")

    def _classified(self, node: Node) -> pa.Table:
        key = Call(node.place, "classified", node)
        if key not in self._texts:
            numbers = self._text(node).dictionary_encode()  # numbers come again and again
            self._texts[key] = classify_many(numbers.dictionary).take(numbers.indices)
        found: pa.Table = self._texts[key]
        return found

    def _field(self, name: str) -> Any:
        if name in ("link_host", "has_link"):
            return self._hosts if name == "link_host" else pc.is_valid(self._hosts)
        return self._batch.column(self._fields[name].column if name in self._fields else name)

    @cached_property
    def _hosts(self) -> "pa.Array[Any]":
        """The host of the first link of each text."""
        texts = self._batch.column("text")
        maybe = np.flatnonzero(
            pc.match_substring_regex(texts, r"[.。．｡․]|dot|://|：／／|点").to_numpy(zero_copy_only=False)
        )
        found: list[str | None] = [None] * len(texts)
        for row in maybe.tolist():
            if links := find_links(texts[row].as_py()):
                found[row] = links[0].location.host
        return pa.array(found, pa.string())


def _numbers(column: Any) -> NDArray[np.int64]:
    """Return whole numbers, halves to even, `UNKNOWN` for null and for what is no number."""
    missing = column.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_floating(column.type):
        values = column.to_numpy(zero_copy_only=False)
        missing |= ~(np.abs(np.nan_to_num(values, nan=np.inf)) < 2.0**62)
        whole = np.rint(np.where(missing, 0.0, values)).astype(np.int64)
    else:
        whole = pc.fill_null(column.cast(pa.int64()), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    whole[missing] = UNKNOWN
    return whole
