"""Times as int64 UTC milliseconds, and written time spans (`90s`, `1h`, `7d`)."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from fanzha.base.errors import Malformed

#: The range of valid event times; a time outside is a broken clock or a hostile row.
EARLIEST_MS = 631_152_000_000  # 1990-01-01
LATEST_MS = 4_102_444_800_000  # 2100-01-01

_EPOCH, _MS = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)\s*")
_UNIT_MS = {"ms": 1, "s": 1_000, "min": 60_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def span_ms(text: str) -> int:
    """Parse a span such as `20 s`, `15min` or `7d` into milliseconds. Raise Malformed."""
    match = _SPAN.fullmatch(text)
    if not match:
        raise Malformed(f"not a span of time: {text!r} (write 90s, 15min, 1h or 7d)")
    return round(float(match[1]) * _UNIT_MS[match[2]])


def moment_ms(text: str, zone: tzinfo = UTC) -> int:
    """Parse an ISO 8601 time into UTC milliseconds; without an offset it is in `zone`. Raise Malformed."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"not a moment: {text!r} (write 2026-03-01 or 2026-03-01T08:00:00+08:00)") from None
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def to_ms(moment: datetime) -> int:
    """Convert an aware datetime to UTC milliseconds."""
    return (moment - _EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """Convert UTC milliseconds to an aware datetime."""
    return _EPOCH + ms * _MS


def iso(ms: int) -> str:
    """Format UTC milliseconds as ISO 8601 with a Z."""
    return from_ms(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
