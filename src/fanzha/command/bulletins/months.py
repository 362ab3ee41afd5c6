"""Calendar months in the time zone of an organisation."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class MonthBounds(NamedTuple):
    """When a month begins and when the next one does."""

    began_at: datetime
    ended_at: datetime


def read_month(text: str) -> date:
    """Return the first day of a month such as 2026-10. Raise ValueError."""
    found = _MONTH.fullmatch(text.strip())
    if found is None or int(found[1]) < 2000:
        raise ValueError(f"{text!r} is no month such as 2026-10")
    return date(int(found[1]), int(found[2]), 1)


def month_before(month: date) -> date:
    """Return the first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def month_bounds(month: date, zone: str) -> MonthBounds:
    """Return the bounds of a month (its first day) in a time zone."""
    following = (month + timedelta(days=32)).replace(day=1)
    starts = (datetime(day.year, day.month, 1, tzinfo=ZoneInfo(zone)) for day in (month, following))
    return MonthBounds(*starts)


def month_at(at: datetime, zone: str) -> date:
    """Return the first day of the month of a moment in a time zone."""
    return at.astimezone(ZoneInfo(zone)).date().replace(day=1)
