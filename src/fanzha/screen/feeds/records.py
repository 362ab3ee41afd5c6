"""Rows of event tables as JSON, one object a line, from any other system.

A row names its `table` and has the columns of `fanzha schema`. It counts at its arrival, so old rows are refused;
history belongs to analysis.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events import Column, all_events
from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.person import PLAIN_IDENTITY
from fanzha.rules.catalog import FACTS
from fanzha.screen.feeds.call_tracker import FactSink
from fanzha.screen.http.dependencies import FeedResult

LONGEST_TEXT = 65_536

_STRUCT_OPTIONS: Mapping[str, Any] = {
    "tag_field": "table",
    "kw_only": True,
    "forbid_unknown_fields": True,
    "frozen": True,
}


@cache
def row_decoder() -> "msgspec.json.Decoder[Any]":
    """Return the decoder for rows of any event table that rules read, tagged by `table`."""
    first, *other_structs = (_struct(table) for table in FACTS)
    return msgspec.json.Decoder(reduce(or_, other_structs, first))


def _struct(table: str) -> Any:
    event = all_events()[table]
    required = {"event_id", *(column.name for column in event.own if column.required)}
    fields: list[Any] = []
    for column in event.columns:
        if (type_ := _type(column)) is not None:
            fields.append((column.name, type_) if column.name in required else (column.name, type_ | None, None))
    return msgspec.defstruct(table, fields, **_STRUCT_OPTIONS, tag=table)


def _type(column: Column) -> Any:
    """Return the type of a column's values; None for a nested column, which no rule reads."""
    if column.values:
        return Literal[column.values]
    if pa.types.is_boolean(column.type):
        return bool
    if pa.types.is_string(column.type):
        return Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]
    low, high = (column.low, column.high)
    if pa.types.is_integer(column.type):
        minimum = -(2**63) if low is None else int(low)
        return Annotated[int, msgspec.Meta(ge=minimum, le=2**63 - 1 if high is None else int(high))]
    if pa.types.is_floating(column.type):
        return Annotated[float, msgspec.Meta(ge=low, le=high)] if (low, high) != (None, None) else float
    return None


MAX_AGE_MS = 600_000
MAX_AHEAD_MS = 60_000  # tolerated clock difference
MAX_REASONS = 10

_TOO_OLD = Words("发生已久，不再计入实时窗口", "it is too long ago to count now: history is for analysis")
_AHEAD = Words("发生时间在未来", "it lies ahead of the clock")
_NO_BASIS = Words(
    "通信内容须写明法律依据（basis）",
    "words that people wrote need their legal basis (column basis, Telecom Regulations Art. 65)",
)
_IDENTITY = re.compile(r"\d{17}[\dXx]|\d{15}")
CLAIMED = frozenset({"caller"})  # counted by canonical form, not as the network signals it


class RecordsFeed:
    """Ingests lines; invalid ones are rejected with a reason."""

    def __init__(self, sink: FactSink, clock: Callable[[], int]) -> None:
        """`clock` returns UTC ms."""
        self._sink, self._clock = sink, clock
        self.accepted = self.rejected = 0

    def ingest(self, lines: bytes, first: int = 1) -> FeedResult:
        """Ingest complete lines; `first` is the number of the first. Never raise."""
        at, accepted, rejected = self._clock(), 0, 0
        reasons: list[str] = []
        for number, line in enumerate(lines.split(b"\n"), start=first):
            if line.strip():
                reason = self._ingest_line(line, at)
                accepted, rejected = accepted + (not reason), rejected + bool(reason)
                if reason and len(reasons) < MAX_REASONS:
                    reasons.append(f"{number}: {reason}")
        self.accepted, self.rejected = self.accepted + accepted, self.rejected + rejected
        return FeedResult(accepted, rejected, tuple(reasons))

    def _ingest_line(self, line: bytes, at: int) -> str:
        """Emit one row; return the reason of a rejection, or ""."""
        try:
            row = row_decoder().decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return str(error)
        table = row.__struct_config__.tag
        values = {name: value for name in row.__struct_fields__ if (value := getattr(row, name)) is not None}
        if words := _find_fault(values, _column_rules(table), at):
            return f"{words.en} {words.zh}"
        for name in _column_rules(table).numbers & values.keys():
            values[name] = read_number(values[name]).canonical or values[name]
        self._sink(at, table, values)
        return ""


class _ColumnRules(NamedTuple):
    """Columns with additional checks."""

    content: frozenset[str]  # message texts, which need a legal basis
    persons: frozenset[str]  # keyed hashes of identity numbers, never plain ones
    numbers: frozenset[str]  # canonicalised, so that sources agree


@cache
def _column_rules(table: str) -> _ColumnRules:
    columns = all_events()[table].columns

    def columns_of_kind(kind: str) -> frozenset[str]:
        return frozenset(column.name for column in columns if column.kind == kind)

    content = frozenset(column.name for column in columns if column.content)
    return _ColumnRules(content, columns_of_kind("person"), columns_of_kind("phone_number") | CLAIMED)


def _find_fault(values: Mapping[str, Any], rules: _ColumnRules, at: int) -> Words | None:
    moment = values.get("occurred_at", at)
    if moment <= at - MAX_AGE_MS:
        return _TOO_OLD
    if moment >= at + MAX_AHEAD_MS:
        return _AHEAD
    if rules.content & values.keys() and not values.get("basis"):
        return _NO_BASIS
    if any(_IDENTITY.fullmatch(values[name]) for name in rules.persons & values.keys()):
        return PLAIN_IDENTITY
    return None
