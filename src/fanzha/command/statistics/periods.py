"""Periods of statistics: a year, quarter, month or ISO week of the site's time zone."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from fanzha.base.errors import Malformed

_KEY = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|W(\d{2})))?")
_EARLIEST, _LATEST = 2000, 2199


class Period(NamedTuple):
    """A stretch of time with its key, such as `2026-10`, `2026-W41`, `2026-Q4` or `2026`; `until` is exclusive."""

    key: str
    since: datetime
    until: datetime

    @property
    def kind(self) -> str:
        """Return `year`, `quarter`, `month` or `week`."""
        return {"Q": "quarter", "W": "week"}.get(self.key[5:6], "month" if self.key[4:] else "year")

    def __str__(self) -> str:
        return self.key


def parse_period(key: str) -> Period:
    """Return the period of a key. Raise Malformed for anything else."""
    matched = _KEY.fullmatch(key.strip())
    if matched is None or not _EARLIEST <= int(matched[1]) <= _LATEST:
        raise Malformed("not a period such as 2026-10, 2026-Q4, 2026-W41 or 2026")
    year, month, quarter, week = (None if part is None else int(part) for part in matched.groups())
    try:
        first, after = _days(year or 0, month, quarter, week)
    except ValueError:
        raise Malformed("there is no such month or week") from None
    return Period(matched[0], _midnight(first), _midnight(after))


def parse_month(key: str) -> Period:
    """Return the month of a key such as 2026-10. Raise Malformed for anything else."""
    period = parse_period(key)
    if period.kind != "month":
        raise Malformed("not a month such as 2026-10")
    return period


def month_of(moment: datetime) -> Period:
    """Return the month that contains a moment."""
    return parse_period(f"{timezone.localtime(moment, timezone.get_default_timezone()):%Y-%m}")


def period_at(kind: str, moment: datetime) -> Period:
    """Return the week, month, quarter or year that contains a moment."""
    day = timezone.localtime(moment, timezone.get_default_timezone()).date()
    year, week, _weekday = day.isocalendar()
    keys = {
        "week": f"{year}-W{week:02}", "month": f"{day:%Y-%m}", "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "year": f"{day.year}",
    }  # fmt: skip
    return parse_period(keys[kind])


def last_month(moment: datetime) -> Period:
    """Return the month before the one that contains a moment."""
    return month_of(month_of(moment).since - timedelta(hours=1))


def recent_months(moment: datetime, count: int) -> list[Period]:
    """Return the month of a moment and those before it, the latest first."""
    months = [month_of(moment)]
    while len(months) < count:
        months.append(month_of(months[-1].since - timedelta(hours=1)))
    return months


def _days(year: int, month: int | None, quarter: int | None, week: int | None) -> tuple[date, date]:
    """Return the first day, and the first day after the period. Raise ValueError if there is none."""
    if week is not None:
        first = date.fromisocalendar(year, week, 1)
        return first, first + timedelta(days=7)
    start, length = (month, 1) if month is not None else (3 * quarter - 2, 3) if quarter else (1, 12)
    first = date(year, start, 1)
    end = start - 1 + length
    return first, date(year + end // 12, end % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())
