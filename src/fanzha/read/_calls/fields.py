"""Parse single fields of call records: timestamps, durations and counts."""

from datetime import UTC, datetime

from fanzha.base.clock import to_ms
from fanzha.read._calls.record import InvalidRecord
from fanzha.read._convert.zone import Zone


def parse_timestamp(text: str, column: str, zone: Zone) -> int | None:
    """Return UTC milliseconds of an ISO 8601 time (local in `zone`) or of seconds, ms or µs since 1970.

    Return None for an empty or zero cell. Raise InvalidRecord for any other text.
    """
    text = text.strip()
    if not text or text.strip("0.-: ") == "":
        return None
    try:
        if ":" in text:
            return _parse_iso(text, zone)
        return _parse_epoch(text)
    except (ValueError, OverflowError):
        raise InvalidRecord(column, text, "不是时间", "not a time") from None


def _parse_iso(text: str, zone: Zone) -> int:
    time = datetime.fromisoformat(text)
    if time.tzinfo is not None:
        return to_ms(time)
    if zone.offset_ms is not None:
        return to_ms(time.replace(tzinfo=UTC)) - zone.offset_ms
    return to_ms(time.replace(tzinfo=zone.tzinfo))


def _parse_epoch(text: str) -> int:
    digits, _, fraction = text.partition(".")
    if not (digits.isascii() and digits.isdigit() and (not fraction or fraction.isdigit())):
        raise ValueError(text)
    if len(digits) > 17:
        raise ValueError(text)
    if len(digits) >= 15:
        return int(digits) // 1_000
    if len(digits) >= 12:
        return int(digits)
    return int(digits) * 1_000 + int((fraction + "000")[:3])


def parse_count(text: str) -> int | None:
    """Return a whole number of at most nine digits, or None."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def parse_seconds(text: str, column: str) -> int | None:
    """Return a number of seconds as milliseconds, None for an empty cell. Raise InvalidRecord if it is invalid."""
    if not text.strip():
        return None
    try:
        value = round(float(text) * 1_000)
    except (ValueError, OverflowError):
        raise InvalidRecord(column, text, "不是时长", "not a length of time") from None
    if not 0 <= value <= 7 * 86_400_000:
        raise InvalidRecord(column, text, "时长不可能", "no such length of time")
    return value
