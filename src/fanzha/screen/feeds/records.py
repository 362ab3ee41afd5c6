"""Rows of event tables as JSON, one object a line: whatever another system can say of calls, texts, sites and cards.

A row names its `table` and has the columns of `fanzha schema`. It counts from when it arrives, so one that is long past
is refused: history is for analysis.
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
from fanzha.screen.feeds.call_tracker import Sink
from fanzha.screen.http.dependencies import Fed

LONGEST_TEXT = 65_536

_HOW: Mapping[str, Any] = {"tag_field": "table", "kw_only": True, "forbid_unknown_fields": True, "frozen": True}


@cache
def rows() -> "msgspec.json.Decoder[Any]":
    """Return what reads a row of any event table that rules read, by its `table`; made once."""
    first, *others = (_struct(table) for table in FACTS)
    return msgspec.json.Decoder(reduce(or_, others, first))


def _struct(table: str) -> Any:
    event = all_events()[table]
    needed = {"event_id", *(column.name for column in event.own if column.required)}
    fields: list[Any] = []
    for column in event.columns:
        if (type_ := _type(column)) is not None:
            fields.append((column.name, type_) if column.name in needed else (column.name, type_ | None, None))
    return msgspec.defstruct(table, fields, **_HOW, tag=table)


def _type(column: Column) -> Any:
    """Return the type of a column's values; None for a nested one, which no rule reads."""
    if column.values:
        return Literal[column.values]
    if pa.types.is_boolean(column.type):
        return bool
    if pa.types.is_string(column.type):
        return Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]
    low, high = (column.low, column.high)
    if pa.types.is_integer(column.type):
        least = -(2**63) if low is None else int(low)
        return Annotated[int, msgspec.Meta(ge=least, le=2**63 - 1 if high is None else int(high))]
    if pa.types.is_floating(column.type):
        return Annotated[float, msgspec.Meta(ge=low, le=high)] if (low, high) != (None, None) else float
    return None


OLDEST_MS = 600_000
EARLIEST_MS = 60_000  # ahead of our clock
MOST_REASONS = 10

_TOO_OLD = Words("发生已久，不再计入实时窗口", "it is too long ago to count now: history is for analysis")
_AHEAD = Words("发生时间在未来", "it lies ahead of the clock")
_NO_BASIS = Words(
    "通信内容须写明法律依据（basis）",
    "words that people wrote need their legal basis (column basis, Telecom Regulations Art. 65)",
)
_IDENTITY = re.compile(r"\d{17}[\dXx]|\d{15}")
CLAIMED = frozenset({"caller"})  # as a screen counts it: by its canonical form, not as the network wrote it


class RecordsFeed:
    """Takes lines; a bad one is refused with its reason, the others are told to the sink."""

    def __init__(self, sink: Sink, clock: Callable[[], int]) -> None:
        """`clock` gives UTC ms."""
        self._sink, self._clock = sink, clock
        self.taken = self.refused = 0

    def take(self, lines: bytes, first: int = 1) -> Fed:
        """Take whole lines, of which the first has this number; never raises."""
        at, taken, refused = self._clock(), 0, 0
        why: list[str] = []
        for number, line in enumerate(lines.split(b"\n"), start=first):
            if line.strip():
                reason = self._take(line, at)
                taken, refused = taken + (not reason), refused + bool(reason)
                if reason and len(why) < MOST_REASONS:
                    why.append(f"{number}: {reason}")
        self.taken, self.refused = self.taken + taken, self.refused + refused
        return Fed(taken, refused, tuple(why))

    def _take(self, line: bytes, at: int) -> str:
        """Tell one row; return why it is refused, "" when it is not."""
        try:
            row = rows().decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return str(error)
        table = row.__struct_config__.tag
        known = {name: value for name in row.__struct_fields__ if (value := getattr(row, name)) is not None}
        if words := _wrong(known, _asked(table), at):
            return f"{words.en} {words.zh}"
        for name in _asked(table).numbers & known.keys():
            known[name] = read_number(known[name]).canonical or known[name]
        self._sink(at, table, known)
        return ""


class _Asked(NamedTuple):
    """The columns of a table that are more than their type."""

    content: frozenset[str]  # words people wrote: only with a legal basis
    persons: frozenset[str]  # keyed hashes of identity numbers, never these themselves
    numbers: frozenset[str]  # made canonical, so that sources agree


@cache
def _asked(table: str) -> _Asked:
    columns = all_events()[table].columns

    def named(kind: str) -> frozenset[str]:
        return frozenset(column.name for column in columns if column.kind == kind)

    content = frozenset(column.name for column in columns if column.content)
    return _Asked(content, named("person"), named("phone_number") | CLAIMED)


def _wrong(known: Mapping[str, Any], asked: _Asked, at: int) -> Words | None:
    moment = known.get("occurred_at", at)
    if moment <= at - OLDEST_MS:
        return _TOO_OLD
    if moment >= at + EARLIEST_MS:
        return _AHEAD
    if asked.content & known.keys() and not known.get("basis"):
        return _NO_BASIS
    if any(_IDENTITY.fullmatch(known[name]) for name in asked.persons & known.keys()):
        return PLAIN_IDENTITY
    return None
