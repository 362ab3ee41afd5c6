"""Fill in a proposed map: formats, units, words, two-column times, and the two sides of a bill."""

from collections.abc import Mapping

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.columns import is_moment
from fanzha.read._convert.text import tidy
from fanzha.read._convert.times import span_cells
from fanzha.read._convert.values import NO, YES, number_cells
from fanzha.read._map.column_map import ColumnMap, Direction, Layout, Take
from fanzha.read._map.targets import CALLS, targets
from fanzha.read._propose.headers import DIRECTION, OTHER, OWN, folded, unit_of
from fanzha.read._propose.values import (
    TIME_FORMATS,
    distinct,
    is_clock,
    is_date_only,
    time_share,
    time_span,
)

Sample = Mapping[str, ArrowColumn]

_INCOMING = ("被叫", "被叫话单", "呼入", "来电", "已接来电", "接听", "mtc", "mt", "in", "incoming", "inbound",
             "terminating", "接收", "收", "下行", "接收短信", "收短信", "被叫通话", "1")  # fmt: skip
_OUTGOING = ("主叫", "主叫话单", "呼出", "去电", "拨出", "拨打", "moc", "mo", "out", "outgoing", "outbound",
             "originating", "发送", "发", "上行", "发送短信", "发短信", "主叫通话", "0")  # fmt: skip
_MOST_WORDS = 40
_FEWEST_FACTS = 8
_LABELS = ("id", "rowid", "label", "target", "class", "status", "y", "phishing")
_MANY_EMPTY = 0.2  # so many rows without a time are no accident
_LONG_MEDIAN_MS = 5_000_000  # no traffic has a median call of 83 minutes
#: A cell of these that cannot be read makes the row a reject; other names are left empty, and that is counted.
_MAIN = ("caller", "callee", "sender", "target", "text")

GUESSED_ORDER = Words(
    "“{name}”中年、月、日的先后无法从样本断定，按{order}读取",
    "year, month and day of {name!r} cannot be told apart; read as {order}",
)
GUESSED_UNIT = Words("“{name}”按毫秒读取", "{name!r} is read as milliseconds")
OPEN_WORDS = Words(
    "“{name}”的这些取值含义不明，留空：{words}", "left empty, for their meaning in {name!r} is not known: {words}"
)


def filled(
    table: str, matched: dict[str, str], names: tuple[str, ...], sample: Sample, layout: Layout
) -> tuple[ColumnMap, tuple[Words, ...]]:
    """Return the map of these columns with all that their cells tell, and what the operator should check."""
    columns: dict[str, str | tuple[str, ...] | Take] = {}
    notes: list[Words] = []
    for ours, theirs in sorted(matched.items(), key=lambda pair: names.index(pair[1])):
        taken = _take(targets(table)[ours], theirs, names, sample, notes)
        if taken is not None:
            columns[ours] = taken
    if table == "site_seen" and (facts := _facts(columns, names, sample)):
        columns["page_facts"] = facts
    direction = _direction(table, columns, names, sample)
    return ColumnMap(table=table, columns=columns, file=layout, direction=direction), tuple(notes)


def _take(column: Column, theirs: str, names: tuple[str, ...], sample: Sample, notes: list[Words]) -> str | Take | None:
    cells = sample[theirs]
    if is_moment(column):
        return _moment(theirs, names, sample, notes)
    if column.unit == "ms":
        return _span(theirs, cells, notes)
    if column.values or pa.types.is_boolean(column.type):
        return _words(column, theirs, cells, notes)
    if pa.types.is_string(column.type) and not column.required and column.name not in _MAIN:
        return Take(from_=theirs, bad="empty")
    return theirs


def _span(theirs: str, cells: ArrowColumn, notes: list[Words]) -> Take:
    """Take the unit from the header; numbers without one are seconds, unless calls would last for hours."""
    if unit := unit_of(theirs):
        return Take(from_=theirs, unit=unit)
    spans = pc.filter(read := span_cells(cells, "s").values, pc.greater(read, 0))
    middle = pc.approximate_median(spans).as_py()
    if middle is None or middle <= _LONG_MEDIAN_MS:
        return Take(from_=theirs, unit="s")
    notes.append(GUESSED_UNIT.format(name=theirs))
    return Take(from_=theirs, unit="ms")


def _moment(theirs: str, names: tuple[str, ...], sample: Sample, notes: list[Words]) -> str | Take:
    found = _format(theirs, names, sample, notes)
    text = tidy(sample[theirs])
    if text.null_count <= max(5, _MANY_EMPTY * len(text)):
        return found
    return Take(from_=found, bad="empty") if isinstance(found, str) else msgspec.structs.replace(found, bad="empty")


def _format(theirs: str, names: tuple[str, ...], sample: Sample, notes: list[Words]) -> str | Take:
    text, clock = tidy(sample[theirs]), None
    if is_date_only(text):
        clock = next((name for name in names if name != theirs and is_clock(tidy(sample[name]))), None)
    chosen = _order(theirs, sample[theirs], notes)
    if clock is not None:
        return Take(from_=(theirs, clock), format=chosen)
    return theirs if chosen == "auto" else Take(from_=theirs, format=chosen)


def _order(theirs: str, cells: ArrowColumn, notes: list[Words]) -> str:
    """Take the order in which all cells are times; of several the one by which the file covers the fewest days."""
    shares = {format_: time_share(cells, format_) for format_ in TIME_FORMATS}
    best = max(shares.values())
    if shares["auto"] == best:
        return "auto"
    likely = [format_ for format_, share in shares.items() if share == best]
    chosen = min(likely, key=lambda format_: time_span(cells, format_))
    if len(likely) > 1:
        notes.append(GUESSED_ORDER.format(name=theirs, order=chosen))
    return chosen


def _words(column: Column, theirs: str, cells: ArrowColumn, notes: list[Words]) -> str | Take | None:
    """Translate what is known; write down the rest as empty, for the operator to fill in."""
    there = distinct(cells)[:_MOST_WORDS]
    if column.name == "ingress" and "国际" in theirs and {word.lower() for word in there} <= YES | NO:
        return Take(
            from_=theirs, values={word: "international_gateway" if word.lower() in YES else "" for word in there}
        )
    known = {word.lower() for word, _ in column.words} | {value.lower() for value in column.values}
    known |= (YES | NO) if pa.types.is_boolean(column.type) else frozenset()
    strange = [word for word in there if word.lower() not in known]
    if len(strange) == len(there):
        return None
    if strange:
        notes.append(OPEN_WORDS.format(name=theirs, words=", ".join(strange)))
    return Take(from_=theirs, values=dict.fromkeys(strange, ""), bad="empty") if strange else Take(theirs, bad="empty")


def _direction(
    table: str, columns: dict[str, str | tuple[str, ...] | Take], names: tuple[str, ...], sample: Sample
) -> Direction | None:
    """A bill names an own and another number and a direction; then, and only then, the two sides may change places."""
    if table not in (CALLS, "message"):
        return None
    which = next((name for name in names if folded(name) in _folded(DIRECTION) and _turns(sample[name])), None)
    other = next((name for name in names if folded(name) in _folded(OTHER)), None)
    if which is None or other is None:
        return None
    own = next((name for name in names if folded(name) in _folded(OWN) and name != other), None)
    first, second = ("caller", "callee") if table == CALLS else ("sender", "recipient")
    columns.pop(first, None)
    if own is not None:
        columns[first] = own
    columns[second] = other
    there = distinct(sample[which])
    incoming = tuple(word for word in there if word.lower() in _INCOMING)
    return Direction(from_=which, incoming=incoming, outgoing=tuple(w for w in there if w.lower() in _OUTGOING))


def _turns(cells: ArrowColumn) -> bool:
    there = {word.lower() for word in distinct(cells)}
    return bool(there) and there <= {*_INCOMING, *_OUTGOING}


def _folded(names: tuple[str, ...]) -> set[str]:
    return {folded(name) for name in names}


def _facts(columns: dict[str, str | tuple[str, ...] | Take], names: tuple[str, ...], sample: Sample) -> tuple[str, ...]:
    """Many columns of numbers beside a URL are what was found on the page."""
    taken = {name for take in columns.values() for name in ((take,) if isinstance(take, str) else _names(take))}
    numbers = [name for name in names if name not in taken and folded(name) not in _LABELS and _is_number(sample[name])]
    return tuple(numbers) if len(numbers) >= _FEWEST_FACTS else ()


def _names(take: tuple[str, ...] | Take) -> tuple[str, ...]:
    return take if isinstance(take, tuple) else take.names


def _is_number(cells: ArrowColumn) -> bool:
    read = number_cells(cells, pa.float64(), None, None)
    return not read.problems and read.values.null_count < len(read.values)
