"""Working days and hours of an organisation: weekends, public holidays, swapped working days, its time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from fanzha.base.clock import from_ms, to_ms
from fanzha.processes._reading.faults import Fault, WrongText
from fanzha.processes._reading.yaml_text import read_yaml

_HOUR_MS = 3_600_000
_MOST_DAYS = 20_000


class Holidays(NamedTuple):
    """Days off and swapped working days, of the years that are known."""

    days: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()


class _Year(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    holidays: tuple[tuple[str, str, date, date], ...]
    workdays: tuple[date, ...] = ()


@dataclass(frozen=True)
class Calendar:
    """When an organisation works; `weekend` counts Monday as 0."""

    zone: tzinfo = UTC
    holidays: Holidays = Holidays()
    weekend: frozenset[int] = frozenset({5, 6})
    opens: time = time(9)
    closes: time = time(17)

    def is_working(self, day: date) -> bool:
        """Whether a local day is a working one."""
        if day in self.holidays.workdays:
            return True
        return day.weekday() not in self.weekend and day not in self.holidays.days

    def after_days(self, moment: int, days: int) -> int:
        """Return the end, local midnight, of the nth working day after the local day of `moment` (UTC ms).

        The day of the start does not count, and the period ends with its last day (Civil Code Art. 201 to 203).
        """
        day = from_ms(moment).astimezone(self.zone).date()
        for _ in range(days):
            day = self._next_working(day)
        return self._at(day + timedelta(days=1), time(0))

    def after_hours(self, moment: int, hours: int) -> int:
        """Return the moment (UTC ms) by which so many working hours have passed since `moment`."""
        left, day = hours * _HOUR_MS, from_ms(moment).astimezone(self.zone).date()
        if not self.is_working(day):
            day = self._next_working(day)
        while True:
            begin, end = max(moment, self._at(day, self.opens)), self._at(day, self.closes)
            if begin + left <= end:
                return begin + left
            left -= max(0, end - begin)
            day = self._next_working(day)

    def _next_working(self, day: date) -> date:
        for _ in range(_MOST_DAYS):
            day += timedelta(days=1)
            if self.is_working(day):
                return day
        raise ValueError("the calendar has no working day")

    def _at(self, day: date, local: time) -> int:
        return to_ms(datetime.combine(day, local, tzinfo=self.zone))


def parse_holidays(text: str, name: str = "holidays.yaml") -> Holidays:
    """Read a table by year; raises WrongText."""
    value, lines = read_yaml(text, name)
    try:
        years = msgspec.convert(value, dict[str, _Year])
        numbers = frozenset(int(year) for year in years)
    except (msgspec.ValidationError, ValueError) as error:
        raise WrongText(name, [Fault((), str(error), "look at the table that comes with the package")], lines) from None
    spans = [(first, last) for year in years.values() for _, _, first, last in year.holidays]
    days = frozenset(first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1))
    return Holidays(days, frozenset(day for year in years.values() for day in year.workdays), numbers)


@cache
def china() -> Calendar:
    """Return the calendar of an organisation in China, with the table of the package."""
    text = (files("fanzha.processes") / "data" / "holidays_cn.yaml").read_text("utf-8")
    return Calendar(ZoneInfo("Asia/Shanghai"), parse_holidays(text, "holidays_cn.yaml"))
