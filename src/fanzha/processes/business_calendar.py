"""Business calendar of an organisation: weekends, public holidays, make-up working days, opening hours, time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from fanzha.base.clock import from_ms, to_ms
from fanzha.processes._yaml.faults import ProcessFault, WrongText
from fanzha.processes._yaml.yaml_text import read_yaml

_HOUR_MS = 3_600_000
_MAX_DAYS = 20_000


class Holidays(NamedTuple):
    """Public holidays and make-up working days of the covered years; other years have weekends only."""

    days: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def override(self, table: "Holidays") -> "Holidays":
        """Return these holidays, with every year of `table` replaced by that of the table."""
        days = frozenset(day for day in self.days if day.year not in table.years)
        workdays = frozenset(day for day in self.workdays if day.year not in table.years)
        return Holidays(days | table.days, workdays | table.workdays, self.years | table.years)


class _Year(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    holidays: tuple[tuple[str, str, date, date], ...]
    workdays: tuple[date, ...] = ()


@dataclass(frozen=True)
class Calendar:
    """Working days and hours of an organisation; `weekend` counts Monday as 0."""

    zone: tzinfo = UTC
    holidays: Holidays = Holidays()
    weekend: frozenset[int] = frozenset({5, 6})
    opens: time = time(9)
    closes: time = time(17)

    def is_working(self, day: date) -> bool:
        """Return whether a local date is a working day."""
        if day in self.holidays.workdays:
            return True
        return day.weekday() not in self.weekend and day not in self.holidays.days

    def after_days(self, moment: int, days: int) -> int:
        """Return the end (local midnight, UTC ms) of the nth working day after the local day of `moment` (UTC ms).

        The first day does not count, and the period ends with its last day (Civil Code Art. 201 to 203).
        """
        day = from_ms(moment).astimezone(self.zone).date()
        for _ in range(days):
            day = self._next_working(day)
        return self._at(day + timedelta(days=1), time(0))

    def after_hours(self, moment: int, hours: int) -> int:
        """Return the moment (UTC ms) that is `hours` working hours after `moment`."""
        remaining, day = hours * _HOUR_MS, from_ms(moment).astimezone(self.zone).date()
        if not self.is_working(day):
            day = self._next_working(day)
        while True:
            begin, end = max(moment, self._at(day, self.opens)), self._at(day, self.closes)
            if begin + remaining <= end:
                return begin + remaining
            remaining -= max(0, end - begin)
            day = self._next_working(day)

    def _next_working(self, day: date) -> date:
        for _ in range(_MAX_DAYS):
            day += timedelta(days=1)
            if self.is_working(day):
                return day
        raise ValueError("the calendar has no working day")

    def _at(self, day: date, local: time) -> int:
        return to_ms(datetime.combine(day, local, tzinfo=self.zone))


def parse_holidays(text: str, name: str = "holidays.yaml") -> Holidays:
    """Parse a YAML table of holidays by year; raise WrongText if it is invalid."""
    value, lines = read_yaml(text, name)
    try:
        years = msgspec.convert(value, dict[str, _Year])
        numbers = frozenset(int(year) for year in years)
    except (msgspec.ValidationError, ValueError) as error:
        raise WrongText(
            name, [ProcessFault((), str(error), "see holidays.yaml in docs/reference/site-settings.md")], lines
        ) from None
    spans = [(first, last) for year in years.values() for _, _, first, last in year.holidays]
    days = frozenset(first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1))
    return Holidays(days, frozenset(day for year in years.values() for day in year.workdays), numbers)


@cache
def statutory_holidays() -> Holidays:
    """Return the public holidays and make-up working days of China, from the yearly notices of the State Council.

    The package chinesecalendar has them; a new release follows each notice, usually in November for the next year.
    """
    from chinese_calendar import constants

    days = frozenset(constants.holidays)
    return Holidays(days, frozenset(constants.workdays), frozenset(day.year for day in days))


@cache
def china() -> Calendar:
    """Return the default calendar of an organisation in China."""
    return Calendar(ZoneInfo("Asia/Shanghai"), statutory_holidays())
