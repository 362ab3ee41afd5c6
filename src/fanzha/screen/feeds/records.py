"""Rows of event tables as JSON, one object a line: whatever another system can say of calls, texts, sites and cards.

A row names its `table` and has the columns of `fanzha schema`. It counts from when it arrives, so one that is long past
is refused: history is for analysis.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.events import all_events
from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.person import PLAIN_IDENTITY
from fanzha.screen.feeds.followed import Sink
from fanzha.screen.feeds.rows import rows
from fanzha.screen.http.asks import Fed

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
