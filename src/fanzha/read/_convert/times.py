"""Parse columns of timestamps and durations to int64 milliseconds."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.clock import EARLIEST_MS, LATEST_MS, to_ms
from fanzha.base.kernels import RowBudget, interpreted
from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert import durations_kernel, timestamps_kernel
from fanzha.read._convert.text import ParsedColumn, normalise_text, strip_thousands, to_mask
from fanzha.read._convert.zone import Zone

NOT_A_TIME = Words("不是时间", "not a time")
AMBIGUOUS = Words(
    "年、月、日的先后不明；请在列映射中写 format（ymd、dmy 或 mdy）",
    "which of the numbers is the year, the month, the day is not clear; say so by format (ymd, dmy or mdy)",
)
OUT_OF_RANGE_TIME = Words("时间不在 1990–2100 年之间", "the time is not between 1990 and 2100")
NOT_A_DURATION = Words("不是时长", "not a length of time")

_ORDERS = {
    "auto": timestamps_kernel.UNKNOWN_ORDER,
    "excel": timestamps_kernel.UNKNOWN_ORDER,
    "ymd": timestamps_kernel.YEAR_FIRST,
    "dmy": timestamps_kernel.DAY_FIRST,
    "mdy": timestamps_kernel.MONTH_FIRST,
}
#: What switches and databases write where there is no moment: an unanswered call was answered at 0.
ZERO_MOMENTS = pa.array(["0", "0000-00-00 00:00:00", "0000-00-00"], pa.large_string())
_EPOCHS = {"epoch_s": 1_000, "epoch_ms": 1}
UNIT_MS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000}


_TIMESTAMP_BUDGET, _DURATION_BUDGET = RowBudget(), RowBudget()


@cache
def _interpreted_timestamps() -> Callable[..., None]:
    return interpreted(timestamps_kernel.read_timestamps)


@cache
def _interpreted_durations() -> Callable[..., None]:
    return interpreted(durations_kernel.read_durations)


def parse_timestamps(column: ArrowColumn, format_: str, zone: Zone, skew_ms: int) -> ParsedColumn:
    """Parse timestamps to UTC milliseconds. `format_` is that of the column map."""
    is_unclear = np.zeros(len(column), bool)
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        times, empty, is_bad = _convert_arrow(column, zone)
    elif format_ in _ORDERS:
        times, status = _parse_text(normalise_text(column), _ORDERS[format_], zone)
        empty, is_unclear = status == timestamps_kernel.EMPTY, status == timestamps_kernel.AMBIGUOUS
        is_bad = (status == timestamps_kernel.BAD) | is_unclear
    elif format_ in _EPOCHS:
        times, empty, is_bad = _parse_epochs(normalise_text(column), _EPOCHS[format_])
    else:
        times, empty, is_bad = _parse_pattern(normalise_text(column), format_, zone)
    times = times - skew_ms
    is_far = ~is_bad & ~empty & ((times < EARLIEST_MS) | (times > LATEST_MS))
    if (is_bad | is_far).any() and not pa.types.is_temporal(column.type):
        is_zero = (is_bad | is_far) & to_mask(pc.is_in(normalise_text(column), value_set=ZERO_MOMENTS))
        empty, is_bad, is_unclear, is_far = empty | is_zero, is_bad & ~is_zero, is_unclear & ~is_zero, is_far & ~is_zero
    values = pa.array(np.where(is_far | is_bad, 0, times), pa.int64(), mask=empty | is_bad | is_far)
    problems = ((is_bad & ~is_unclear, NOT_A_TIME), (is_unclear, AMBIGUOUS), (is_far, OUT_OF_RANGE_TIME))
    return ParsedColumn(values, tuple((invalid, reason) for invalid, reason in problems if invalid.any()))


_Moments = tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]  # times, is_empty, is_bad


def _parse_text(text: ArrowColumn, order: int, zone: Zone) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    data, offsets = text_buffers(text)
    times, status = np.empty(len(text), np.int64), np.empty(len(text), np.uint8)
    if _TIMESTAMP_BUDGET.is_worth_compiling(len(text)):
        timestamps_kernel.read_timestamps(data, offsets, order, times, status)
    else:
        with np.errstate(over="ignore"):
            _interpreted_timestamps()(data.tobytes(), offsets.tolist(), order, times, status)
    local = status == timestamps_kernel.LOCAL
    if local.all():
        times = zone.to_utc(times)
    elif local.any():
        times[local] = zone.to_utc(times[local])
    return times, status


def _convert_arrow(column: ArrowColumn, zone: Zone) -> _Moments:
    aware = pa.types.is_timestamp(column.type) and column.type.tz is not None
    empty = column.is_null().to_numpy(zero_copy_only=False)
    try:
        local = column.cast(pa.timestamp("ms", column.type.tz if aware else None), safe=False).cast(pa.int64())
    except pa.ArrowInvalid:  # a time beyond the range of int64 milliseconds
        zeros = np.zeros(len(column), np.int64)
        return zeros, empty, ~empty
    times = pc.fill_null(local, 0).to_numpy(zero_copy_only=False)
    is_inside = (times > EARLIEST_MS - 86_400_000) & (times < LATEST_MS + 86_400_000)
    return (times if aware else zone.to_utc(np.where(is_inside, times, 0))), empty, ~is_inside & ~empty


def _parse_epochs(text: ArrowColumn, unit: int) -> _Moments:
    empty = text.is_null().to_numpy(zero_copy_only=False)
    is_valid = pc.fill_null(pc.match_substring_regex(text, r"^\d{1,14}(\.\d{1,9})?$"), False)
    number = pc.if_else(is_valid, text, "0").cast(pa.float64()).to_numpy(zero_copy_only=False)
    times = np.round(np.clip(number * unit, 0, 9e15)).astype(np.int64)
    return times, empty, ~is_valid.to_numpy(zero_copy_only=False) & ~empty


def _parse_pattern(text: ArrowColumn, pattern: str, zone: Zone) -> _Moments:
    """Parse each distinct cell by a strptime pattern."""
    encoded = text.dictionary_encode()
    empty = text.is_null().to_numpy(zero_copy_only=False)
    parsed = [_strptime(cell, pattern, zone) for cell in encoded.dictionary.to_pylist()]
    is_parsed = np.array([time is not None for time in parsed] + [True], bool)
    times = np.array([time or 0 for time in parsed] + [0], np.int64)
    index = pc.fill_null(encoded.indices, len(parsed)).to_numpy(zero_copy_only=False)
    return times[index], empty, ~is_parsed[index]


def _strptime(cell: str, pattern: str, zone: Zone) -> int | None:
    try:
        time = datetime.strptime(cell, pattern)
    except ValueError:
        return None
    if time.tzinfo is not None:
        return to_ms(time.astimezone(UTC))
    return int(zone.to_utc(np.array([to_ms(time.replace(tzinfo=UTC))], np.int64))[0])


def parse_durations(column: ArrowColumn, unit: str) -> ParsedColumn:
    """Parse durations to milliseconds. Numbers without a unit have `unit`."""
    if pa.types.is_duration(column.type) or pa.types.is_time(column.type):
        column = column.cast(pa.duration("ms") if pa.types.is_duration(column.type) else pa.time32("ms"), safe=False)
        return ParsedColumn(column.cast(pa.int32() if pa.types.is_time(column.type) else pa.int64()).cast(pa.int64()))
    text = strip_thousands(normalise_text(column))
    data, offsets = text_buffers(text)
    durations, status = np.empty(len(text), np.int64), np.empty(len(text), np.uint8)
    if _DURATION_BUDGET.is_worth_compiling(len(text)):
        durations_kernel.read_durations(data, offsets, UNIT_MS[unit or "s"], durations, status)
    else:
        _interpreted_durations()(data.tobytes(), offsets.tolist(), UNIT_MS[unit or "s"], durations, status)
    is_bad = status == durations_kernel.BAD
    values = pa.array(durations, pa.int64(), mask=status != durations_kernel.GOOD)
    return ParsedColumn(values, ((is_bad, NOT_A_DURATION),) if is_bad.any() else ())


def text_buffers(text: ArrowColumn) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes and offsets (rows + 1) of large strings. Null cells are empty."""
    filled = pc.fill_null(text.cast(pa.large_string()), "")
    _, offsets, data = filled.buffers()
    if offsets is None or len(filled) == 0:
        return np.zeros(0, np.uint8), np.zeros(len(filled) + 1, np.int64)
    ends = np.frombuffer(offsets, np.int64)[filled.offset : filled.offset + len(filled) + 1]
    return np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8), ends
