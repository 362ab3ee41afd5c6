"""Moments in call records, one at a time: a local time of day, or seconds or microseconds since 1970."""

from datetime import UTC, datetime

from fanzha.base.clock import to_ms
from fanzha.read._calls.record import Refused
from fanzha.read._convert.zone import Zone


def moment(text: str, column: str, zone: Zone) -> int | None:
    """Return UTC milliseconds; None for an empty cell or a moment that never came (0); Refused for anything else."""
    text = text.strip()
    if not text or text.strip("0.-: ") == "":
        return None
    try:
        if ":" in text:
            return _of_clock(text, zone)
        return _of_epoch(text)
    except (ValueError, OverflowError):
        raise Refused(column, text, "不是时间", "not a time") from None


def _of_clock(text: str, zone: Zone) -> int:
    read = datetime.fromisoformat(text)
    if read.tzinfo is not None:
        return to_ms(read)
    if zone.offset_ms is not None:
        return to_ms(read.replace(tzinfo=UTC)) - zone.offset_ms
    return to_ms(read.replace(tzinfo=zone.tzinfo))


def _of_epoch(text: str) -> int:
    whole, _, part = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and (not part or part.isdigit())):
        raise ValueError(text)
    if len(whole) > 17:
        raise ValueError(text)
    if len(whole) >= 15:
        return int(whole) // 1_000
    if len(whole) >= 12:
        return int(whole)
    return int(whole) * 1_000 + int((part + "000")[:3])


def whole(text: str) -> int | None:
    """Return a small whole number, or None when the text is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def seconds(text: str, column: str) -> int | None:
    """Return a number of seconds as milliseconds; None for an empty cell."""
    if not text.strip():
        return None
    try:
        value = round(float(text) * 1_000)
    except (ValueError, OverflowError):
        raise Refused(column, text, "不是时长", "not a length of time") from None
    if not 0 <= value <= 7 * 86_400_000:
        raise Refused(column, text, "时长不可能", "no such length of time")
    return value
