"""Columns of moments and of lengths of time as int64 milliseconds, with the rows that are neither."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.clock import EARLIEST_MS, LATEST_MS, to_ms
from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert import moments_kernel, spans_kernel
from fanzha.read._convert.text import Cells, tidy, ungrouped
from fanzha.read._convert.zone import Zone

NOT_A_TIME = Words("不是时间", "not a time")
AMBIGUOUS = Words(
    "年、月、日的先后不明；请在列映射中写 format（ymd、dmy 或 mdy）",
    "which of the numbers is the year, the month, the day is not clear; say so by format (ymd, dmy or mdy)",
)
FAR_AWAY = Words("时间不在 1990–2100 年之间", "the time is not between 1990 and 2100")
NOT_A_SPAN = Words("不是时长", "not a length of time")

_ORDERS = {
    "auto": moments_kernel.UNSAID, "excel": moments_kernel.UNSAID, "ymd": moments_kernel.YEAR_FIRST,
    "dmy": moments_kernel.DAY_FIRST, "mdy": moments_kernel.MONTH_FIRST,
}  # fmt: skip
_EPOCHS = {"epoch_s": 1_000, "epoch_ms": 1}
UNIT_MS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000}


def moment_cells(column: ArrowColumn, format_: str, zone: Zone, skew_ms: int) -> Cells:
    """Read moments into UTC milliseconds; `format_` as in the column map."""
    unclear = np.zeros(len(column), bool)
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        moments, empty, bad = _from_arrow(column, zone)
    elif format_ in _ORDERS:
        moments, what = _from_text(tidy(column), _ORDERS[format_], zone)
        empty, unclear = what == moments_kernel.EMPTY, what == moments_kernel.AMBIGUOUS
        bad = (what == moments_kernel.BAD) | unclear
    elif format_ in _EPOCHS:
        moments, empty, bad = _from_epochs(tidy(column), _EPOCHS[format_])
    else:
        moments, empty, bad = _from_pattern(tidy(column), format_, zone)
    moments = moments - skew_ms
    far = ~bad & ~empty & ((moments < EARLIEST_MS) | (moments > LATEST_MS))
    values = pa.array(np.where(far | bad, 0, moments), pa.int64(), mask=empty | bad | far)
    problems = ((bad & ~unclear, NOT_A_TIME), (unclear, AMBIGUOUS), (far, FAR_AWAY))
    return Cells(values, tuple((found, words) for found, words in problems if found.any()))


_Moments = tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]  # moments, empty, bad


def _from_text(text: ArrowColumn, order: int, zone: Zone) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    data, offsets = buffers(text)
    moments, what = np.empty(len(text), np.int64), np.empty(len(text), np.uint8)
    moments_kernel.read_moments(data, offsets, order, moments, what)
    local = what == moments_kernel.LOCAL
    if local.all():
        moments = zone.to_utc(moments)
    elif local.any():
        moments[local] = zone.to_utc(moments[local])
    return moments, what


def _from_arrow(column: ArrowColumn, zone: Zone) -> _Moments:
    aware = pa.types.is_timestamp(column.type) and column.type.tz is not None
    empty = column.is_null().to_numpy(zero_copy_only=False)
    try:
        local = column.cast(pa.timestamp("ms", column.type.tz if aware else None), safe=False).cast(pa.int64())
    except pa.ArrowInvalid:  # a moment so far away that it does not fit
        nothing = np.zeros(len(column), np.int64)
        return nothing, empty, ~empty
    moments = pc.fill_null(local, 0).to_numpy(zero_copy_only=False)
    inside = (moments > EARLIEST_MS - 86_400_000) & (moments < LATEST_MS + 86_400_000)
    return (moments if aware else zone.to_utc(np.where(inside, moments, 0))), empty, ~inside & ~empty


def _from_epochs(text: ArrowColumn, unit: int) -> _Moments:
    empty = text.is_null().to_numpy(zero_copy_only=False)
    good = pc.fill_null(pc.match_substring_regex(text, r"^\d{1,14}(\.\d{1,9})?$"), False)
    number = pc.if_else(good, text, "0").cast(pa.float64()).to_numpy(zero_copy_only=False)
    moments = np.round(np.clip(number * unit, 0, 9e15)).astype(np.int64)
    return moments, empty, ~good.to_numpy(zero_copy_only=False) & ~empty


def _from_pattern(text: ArrowColumn, pattern: str, zone: Zone) -> _Moments:
    """Read a strptime pattern once for each different cell: patterns are for what the kernel cannot know."""
    encoded = text.dictionary_encode()
    empty = text.is_null().to_numpy(zero_copy_only=False)
    read = [_strptime(cell, pattern, zone) for cell in encoded.dictionary.to_pylist()]
    known = np.array([moment is not None for moment in read] + [True], bool)
    moments = np.array([moment or 0 for moment in read] + [0], np.int64)
    index = pc.fill_null(encoded.indices, len(read)).to_numpy(zero_copy_only=False)
    return moments[index], empty, ~known[index]


def _strptime(cell: str, pattern: str, zone: Zone) -> int | None:
    try:
        moment = datetime.strptime(cell, pattern)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return to_ms(moment.astimezone(UTC))
    return int(zone.to_utc(np.array([to_ms(moment.replace(tzinfo=UTC))], np.int64))[0])


def span_cells(column: ArrowColumn, unit: str) -> Cells:
    """Read lengths of time into milliseconds; plain numbers are of `unit`."""
    if pa.types.is_duration(column.type) or pa.types.is_time(column.type):
        column = column.cast(pa.duration("ms") if pa.types.is_duration(column.type) else pa.time32("ms"), safe=False)
        return Cells(column.cast(pa.int32() if pa.types.is_time(column.type) else pa.int64()).cast(pa.int64()))
    text = ungrouped(tidy(column))
    data, offsets = buffers(text)
    spans, what = np.empty(len(text), np.int64), np.empty(len(text), np.uint8)
    spans_kernel.read_spans(data, offsets, UNIT_MS[unit or "s"], spans, what)
    bad = what == spans_kernel.BAD
    values = pa.array(spans, pa.int64(), mask=what != spans_kernel.GOOD)
    return Cells(values, ((bad, NOT_A_SPAN),) if bad.any() else ())


def buffers(text: ArrowColumn) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return bytes and offsets (rows + 1) of large strings; null cells are empty."""
    filled = pc.fill_null(text.cast(pa.large_string()), "")
    _, offsets, data = filled.buffers()
    if offsets is None or len(filled) == 0:
        return np.zeros(0, np.uint8), np.zeros(len(filled) + 1, np.int64)
    ends = np.frombuffer(offsets, np.int64)[filled.offset : filled.offset + len(filled) + 1]
    return np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8), ends
