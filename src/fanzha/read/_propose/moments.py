"""Tell the moments of a call apart: which column of times is its begin, its answer and its end."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._convert.text import normalise_text
from fanzha.read._convert.times import parse_timestamps
from fanzha.read._convert.zone import Zone
from fanzha.read._propose.cell_fit import TIME_FORMATS, is_clock, is_date_only, time_share
from fanzha.read._propose.headers import fold_header, names_joining

#: Column of a call -> words of its header. The moment of an answer goes first: 应答开始时间 holds 开始 too.
_WORDS = (
    ("answered_at", re.compile(r"应答|接通|摘机|answer|^ans|(?<!dis)connect(?!ion)|^conn")),
    ("ended_at", re.compile(r"结束|终止|截止|挂机|挂断|释放|拆线|end|stop|finish|release|hangup|disc")),
    ("occurred_at", re.compile(r"开始|起始|发起|占用|起呼|呼叫时间|begin|start|^beg|^st|seiz|setup|invite|offer")),
)
#: Headers of the moment at which a system handled the record, which is no moment of the call.
_HANDLED = re.compile(
    r"入库|记录(?!开始|起始|结束)|创建|更新|处理|生成|导出|上报|采集|加载|insert|create|load|update|process|export|file"
)
_ENOUGH = 0.8
_ORDERED = 0.9  # share of rows in which one moment is not after the other
_UTC = Zone("UTC")

OUT_OF_ORDER = Words(
    "“{begin}”取作呼叫开始，但有相当比例的记录中它晚于“{other}”；请核对",
    "{begin!r} is taken as the begin of the call, yet is later than {other!r} in many records: check it",
)

Matches = Mapping[str, tuple[str, float]]


class _Moments(NamedTuple):
    """A column of times: its header, values in milliseconds (0 for none), and which rows have one."""

    header: str
    times: NDArray[np.int64]
    present: NDArray[np.bool_]


def arrange_moments(
    matched: Matches, names: Iterable[str], sample: Mapping[str, ArrowColumn]
) -> tuple[dict[str, tuple[str, float]], tuple[Words, ...]]:
    """Return the matches with the columns of times assigned by headers and by their order within each record."""
    taken = {header for target, (header, _) in matched.items() if target not in ("occurred_at", *_targets())}
    columns = [
        moments
        for name in names
        if name not in taken and not _is_other_time(name) and (moments := _read_moments(name, sample))
    ]
    matched_begin, matched_confidence = matched.get("occurred_at", ("", 0.0))
    is_handled = _is_other_time(matched_begin)
    if not columns or (len(columns) < 2 and not is_handled):
        return dict(matched), ()
    roles = _assign_roles(columns, matched_begin if matched_confidence == 1 else "")
    begin = roles.get("occurred_at")
    if begin is None:
        is_replaced = is_handled and any(target in matched for target in _targets())
        return {target: match for target, match in matched.items() if target != "occurred_at" or not is_replaced}, ()
    others = {target: match for target, match in matched.items() if target not in ("occurred_at", *_targets())}
    confidence = dict(matched.values())
    times = {target: (column.header, max(confidence.get(column.header, 0.0), 0.7)) for target, column in roles.items()}
    notes = tuple(
        OUT_OF_ORDER.format(begin=begin.header, other=column.header)
        for target, column in roles.items()
        if target != "occurred_at" and not _precedes(begin, column)
    )
    return others | times, notes


def _is_other_time(header: str) -> bool:
    """Return whether a header names the time of storage or of subscription, which is no moment of the call."""
    return bool(_HANDLED.search(fold_header(header))) or names_joining(header)


def _targets() -> tuple[str, str]:
    return ("answered_at", "ended_at")


def _read_moments(name: str, sample: Mapping[str, ArrowColumn]) -> _Moments | None:
    """Return a column of dates with times of day, or None."""
    text = normalise_text(sample[name])
    if text.null_count == len(text) or is_clock(text) or is_date_only(text):
        return None
    shares = {format_: time_share(sample[name], format_) for format_ in TIME_FORMATS}
    best = max(shares, key=lambda format_: shares[format_])
    if shares[best] < _ENOUGH or _looks_like_number(text):
        return None
    values = parse_timestamps(sample[name], best, _UTC, 0).values
    present = values.is_valid().to_numpy(zero_copy_only=False)
    return _Moments(name, values.fill_null(0).to_numpy(zero_copy_only=False), present)


def _looks_like_number(text: ArrowColumn) -> bool:
    """Return whether the cells are short numbers, which may be read as days since 1900 or seconds since 1970."""
    cells = [cell for cell in text.drop_null().to_pylist() if cell != "0"]
    return sum(len(cell) for cell in cells) < 8 * len(cells)


def _assign_roles(columns: list[_Moments], likely_begin: str) -> dict[str, _Moments]:
    """Return column of a call -> moments: by the words of the headers, then by order.

    `likely_begin` is the header that is exactly one of a begin, or "". It goes before other possible begins.
    """
    named: dict[str, list[_Moments]] = {}
    for column in columns:
        role = next((target for target, words in _WORDS if words.search(fold_header(column.header))), "")
        named.setdefault(role, []).append(column)
    roles: dict[str, _Moments] = {}
    unnamed = [column for column in columns if column in named.get("", [])] if "" in named else []
    begins = named.get("occurred_at") or unnamed or named.get("answered_at") or []
    if not begins:
        return {}
    begin = roles["occurred_at"] = _earliest([column for column in begins if column.header == likely_begin] or begins)
    rest = [column for column in unnamed if column is not begin and _precedes(begin, column)]
    for target, source in (("answered_at", named.get("answered_at", [])), ("ended_at", named.get("ended_at", []))):
        if chosen := [column for column in source if column is not begin]:
            roles[target] = chosen[0]
    if rest and "ended_at" not in roles:
        roles["ended_at"] = rest.pop(rest.index(_latest(rest)))
    if rest and "answered_at" not in roles and _precedes(rest[0], roles["ended_at"]):
        roles["answered_at"] = rest[0]
    return roles


def _earliest(columns: list[_Moments]) -> _Moments:
    """Return the column that most records have; of equal ones the earliest, of equal ones the first."""
    return min(columns, key=lambda column: (round(-float(column.present.mean()), 2), _mean(column)))


def _latest(columns: list[_Moments]) -> _Moments:
    return max(columns, key=_mean)


def _mean(column: _Moments) -> float:
    return float(column.times[column.present].mean()) if column.present.any() else 0.0


def _precedes(first: _Moments, second: _Moments) -> bool:
    """Return whether the first moment is not after the second in nearly all records that have both."""
    both = first.present & second.present
    return not both.any() or float((first.times[both] <= second.times[both]).mean()) >= _ORDERED
