"""Complete a proposed map: time formats, units, translations, date and time columns, sides of a bill."""

import re
from collections.abc import Mapping

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.columns import is_timestamp
from fanzha.read._convert.text import normalise_text, to_text
from fanzha.read._convert.times import parse_durations
from fanzha.read._convert.values import NO, YES, parse_numbers
from fanzha.read._map.column_map import ColumnMap, ColumnSource, DirectionRule, FileLayout, TimeSettings
from fanzha.read._map.targets import CALLS, target_columns
from fanzha.read._propose.cell_fit import (
    TIME_FORMATS,
    is_clock,
    is_date_only,
    list_distinct,
    time_coverage,
    time_share,
)
from fanzha.read._propose.headers import DIRECTION, OTHER, OWN, find_unit, fold_header

Sample = Mapping[str, ArrowColumn]

_INCOMING = ("被叫", "被叫话单", "呼入", "来电", "已接来电", "接听", "mtc", "mt", "in", "incoming", "inbound",
             "terminating", "接收", "收", "下行", "接收短信", "收短信", "被叫通话", "1")  # fmt: skip
_OUTGOING = ("主叫", "主叫话单", "呼出", "去电", "拨出", "拨打", "moc", "mo", "out", "outgoing", "outbound",
             "originating", "发送", "发", "上行", "发送短信", "发短信", "主叫通话", "0")  # fmt: skip
_HOURS_MINUTES = re.compile(
    r"(?<![a-z])h{1,2}\s*[:：]\s*m{1,2}(?!\w|\s*[:：])|时\s*[:：]\s*分(?!\s*[:：])", re.IGNORECASE
)
_MOMENTS = ("occurred_at", "answered_at", "ended_at")
_UTC = re.compile(r"(?<![a-z])(utc|gmt)(?![a-z]|\s*[+\u2212-]|\s*\d)", re.IGNORECASE)
_ODD_UNIT = re.compile(r"\d\s*(ms|s|sec|秒|毫秒)\s*[)）\]】]?$", re.IGNORECASE)
_TWO_PARTS = r"^\s*\d+:\d{2}\s*$"
_MOST_WORDS = 40
_FEWEST_FACTS = 8
_LABELS = ("id", "rowid", "label", "target", "class", "status", "y", "phishing")
_MANY_EMPTY = 0.2  # above this share, missing times are not errors
_LONG_MEDIAN_MS = 5_000_000  # a median call of 83 minutes means that the unit is milliseconds
#: An invalid cell of these columns rejects the row. Invalid cells of other text columns are left empty and counted.
_MAIN = ("caller", "callee", "sender", "target", "text")

GUESSED_ORDER = Words(
    "“{name}”中年、月、日的先后无法从样本断定，按{order}读取",
    "year, month and day of {name!r} cannot be told apart; read as {order}",
)
PARTIAL_CODES = Words(
    "“{name}”：0 为完整话单，{words} 为通话的一段（1 首段、2 中间段、3 末段，末段视为通话结束）；请核对",
    "{name!r}: 0 is a complete record, {words} a part of a call (1 first, 2 intermediate, 3 last, which ends it): "
    "check it",
)
HOURS_MINUTES = Words(
    "“{name}”的表头为“时:分”，而 1:05 这样的取值会按分秒读取，故未映射；请导出为秒或时:分:秒",
    "{name!r} holds hours and minutes, yet cells such as 1:05 are read as minutes and seconds: left out; export "
    "seconds or h:mm:ss",
)
ODD_UNIT = Words(
    "“{name}”的单位不是时、分、秒或毫秒，未映射；请导出为秒",
    "{name!r} counts in a unit that is none of h, min, s and ms: left out; export seconds",
)
UTC_TIMES = Words("表头写明 UTC，时间按 UTC 读取", "the headers say UTC: times that name no zone are read as UTC")
GUESSED_UNIT = Words("“{name}”按毫秒读取", "{name!r} is read as milliseconds")
OPEN_WORDS = Words(
    "“{name}”的这些取值含义不明，留空：{words}", "left empty, for their meaning in {name!r} is not known: {words}"
)


def complete_map(
    table: str, matched: dict[str, str], names: tuple[str, ...], sample: Sample, layout: FileLayout
) -> tuple[ColumnMap, tuple[Words, ...]]:
    """Return the map of matched columns, completed from their cells, and notes for the operator."""
    columns: dict[str, str | tuple[str, ...] | ColumnSource] = {}
    notes: list[Words] = []
    for target, header in sorted(matched.items(), key=lambda pair: names.index(pair[1])):
        source = _complete_column(target_columns(table)[target], header, names, sample, notes)
        if source is not None:
            columns[target] = source
    if table == "site_seen" and (facts := _find_page_facts(columns, names, sample)):
        columns["page_facts"] = facts
    direction = _find_direction(table, columns, names, sample)
    time = _find_zone([header for target, header in matched.items() if target in columns and target in _MOMENTS], notes)
    return ColumnMap(table=table, columns=columns, file=layout, time=time, direction=direction), tuple(notes)


def _find_zone(headers: list[str], notes: list[Words]) -> TimeSettings:
    """Return the zone UTC if the headers of the moments say so."""
    if not headers or not all(_UTC.search(header) for header in headers):
        return TimeSettings()
    notes.append(UTC_TIMES)
    return TimeSettings(zone="UTC")


def _complete_column(
    column: Column, header: str, names: tuple[str, ...], sample: Sample, notes: list[Words]
) -> str | ColumnSource | None:
    cells = sample[header]
    if is_timestamp(column):
        return _find_time_source(header, names, sample, notes)
    if column.unit == "ms":
        return _find_duration_unit(header, cells, notes)
    if column.values or pa.types.is_boolean(column.type):
        return _translate_words(column, header, cells, notes)
    if pa.types.is_string(column.type) and not column.required and column.name not in _MAIN:
        return ColumnSource(from_=header, bad="empty")
    return header


def _find_duration_unit(header: str, cells: ArrowColumn, notes: list[Words]) -> ColumnSource | None:
    """Find the unit in the header, else use seconds, or milliseconds if the median would exceed 83 minutes.

    Return None if the header says hours and minutes, because cells such as 1:05 are read as minutes and seconds, or a
    unit such as 10ms.
    """
    if _ODD_UNIT.search(header):
        notes.append(ODD_UNIT.format(name=header))
        return None
    if _HOURS_MINUTES.search(header) and pc.any(pc.match_substring_regex(to_text(cells), _TWO_PARTS)).as_py():
        notes.append(HOURS_MINUTES.format(name=header))
        return None
    if unit := find_unit(header):
        return ColumnSource(from_=header, unit=unit)
    durations = pc.filter(parsed := parse_durations(cells, "s").values, pc.greater(parsed, 0))
    median = pc.approximate_median(durations).as_py()
    if median is None or median <= _LONG_MEDIAN_MS:
        return ColumnSource(from_=header, unit="s")
    notes.append(GUESSED_UNIT.format(name=header))
    return ColumnSource(from_=header, unit="ms")


def _find_time_source(header: str, names: tuple[str, ...], sample: Sample, notes: list[Words]) -> str | ColumnSource:
    source = _find_time_format(header, names, sample, notes)
    text = normalise_text(sample[header])
    if text.null_count <= max(5, _MANY_EMPTY * len(text)):
        return source
    return (
        ColumnSource(from_=source, bad="empty")
        if isinstance(source, str)
        else msgspec.structs.replace(source, bad="empty")
    )


def _find_time_format(header: str, names: tuple[str, ...], sample: Sample, notes: list[Words]) -> str | ColumnSource:
    text, time_header = normalise_text(sample[header]), None
    if is_date_only(text):
        time_header = next((name for name in names if name != header and is_clock(normalise_text(sample[name]))), None)
    order = _find_date_order(header, sample[header], notes)
    if time_header is not None:
        return ColumnSource(from_=(header, time_header), format=order)
    return header if order == "auto" else ColumnSource(from_=header, format=order)


def _find_date_order(header: str, cells: ArrowColumn, notes: list[Words]) -> str:
    """Choose the date order that parses most cells. Of several, choose the one that covers the fewest days."""
    shares = {format_: time_share(cells, format_) for format_ in TIME_FORMATS}
    best_share = max(shares.values())
    if shares["auto"] == best_share:
        return "auto"
    likely = [format_ for format_, share in shares.items() if share == best_share]
    order = min(likely, key=lambda format_: time_coverage(cells, format_))
    if len(likely) > 1:
        notes.append(GUESSED_ORDER.format(name=header, order=order))
    return order


def _translate_words(column: Column, header: str, cells: ArrowColumn, notes: list[Words]) -> str | ColumnSource | None:
    """Translate recognised words; list the others with an empty value for the operator to fill in."""
    words = list_distinct(cells)[:_MOST_WORDS]
    if column.name == "ingress" and "国际" in header and {word.lower() for word in words} <= YES | NO:
        return ColumnSource(
            from_=header, values={word: "international_gateway" if word.lower() in YES else "" for word in words}
        )
    if column.name == "partial" and "0" in words and len(words) > 1 and all(word.isdigit() for word in words):
        parts = sorted(word for word in words if word != "0")
        if parts != ["1"]:
            notes.append(PARTIAL_CODES.format(name=header, words=", ".join(parts)))
            return ColumnSource(from_=header, values={word: "false" if word == "3" else "true" for word in parts})
    known_words = {word.lower() for word, _ in column.words} | {value.lower() for value in column.values}
    known_words |= (YES | NO) if pa.types.is_boolean(column.type) else frozenset()
    unknown_words = [word for word in words if word.lower() not in known_words]
    if len(unknown_words) == len(words):
        return None
    if unknown_words:
        notes.append(OPEN_WORDS.format(name=header, words=", ".join(unknown_words)))
    return (
        ColumnSource(from_=header, values=dict.fromkeys(unknown_words, ""), bad="empty")
        if unknown_words
        else ColumnSource(header, bad="empty")
    )


def _find_direction(
    table: str, columns: dict[str, str | tuple[str, ...] | ColumnSource], names: tuple[str, ...], sample: Sample
) -> DirectionRule | None:
    """Return the direction rule of a bill that has an own number, another number and a direction; else None."""
    if table not in (CALLS, "message"):
        return None
    direction_header = next(
        (name for name in names if fold_header(name) in _fold_all(DIRECTION) and _is_direction(sample[name])), None
    )
    other_header = next((name for name in names if fold_header(name) in _fold_all(OTHER)), None)
    if direction_header is None or other_header is None:
        return None
    own_header = next((name for name in names if fold_header(name) in _fold_all(OWN) and name != other_header), None)
    first, second = ("caller", "callee") if table == CALLS else ("sender", "recipient")
    columns.pop(first, None)
    if own_header is not None:
        columns[first] = own_header
    columns[second] = other_header
    words = list_distinct(sample[direction_header])
    incoming = tuple(word for word in words if word.lower() in _INCOMING)
    return DirectionRule(
        from_=direction_header, incoming=incoming, outgoing=tuple(w for w in words if w.lower() in _OUTGOING)
    )


def _is_direction(cells: ArrowColumn) -> bool:
    words = {word.lower() for word in list_distinct(cells)}
    return bool(words) and words <= {*_INCOMING, *_OUTGOING}


def _fold_all(names: tuple[str, ...]) -> set[str]:
    return {fold_header(name) for name in names}


def _find_page_facts(
    columns: dict[str, str | tuple[str, ...] | ColumnSource], names: tuple[str, ...], sample: Sample
) -> tuple[str, ...]:
    """Return the unused number columns as page facts, if there are enough of them."""
    used = {
        name
        for source in columns.values()
        for name in ((source,) if isinstance(source, str) else _source_names(source))
    }
    number_headers = [
        name for name in names if name not in used and fold_header(name) not in _LABELS and _is_number(sample[name])
    ]
    return tuple(number_headers) if len(number_headers) >= _FEWEST_FACTS else ()


def _source_names(source: tuple[str, ...] | ColumnSource) -> tuple[str, ...]:
    return source if isinstance(source, tuple) else source.names


def _is_number(cells: ArrowColumn) -> bool:
    parsed = parse_numbers(cells, pa.float64(), None, None)
    return not parsed.problems and parsed.values.null_count < len(parsed.values)
