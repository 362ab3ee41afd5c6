"""Working days as the law counts them: the day of the start does not, holidays and swapped days as the table says."""

from datetime import UTC, date, time
from zoneinfo import ZoneInfo

import pytest

from fanzha.base.clock import moment_ms
from fanzha.processes._yaml.faults import WrongText
from fanzha.processes.business_calendar import Calendar, china, parse_holidays, statutory_holidays


@pytest.mark.parametrize(
    ("day", "works"),
    [("2026-10-01", False), ("2026-10-10", True), ("2026-02-28", True), ("2026-03-01", False), ("2026-03-02", True)],
    ids=["a holiday", "a swapped Saturday", "another", "a Sunday", "a Monday"],
)
def test_days_of_the_table(day: str, works: bool) -> None:
    assert china().is_working(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("since", "days", "end"),
    [
        ("2026-03-02T10:00:00+08:00", 3, "2026-03-06T00:00:00+08:00"),
        ("2026-03-06T23:59:00+08:00", 1, "2026-03-10T00:00:00+08:00"),
        ("2026-09-30T10:00:00+08:00", 1, "2026-10-09T00:00:00+08:00"),
        ("2026-10-09T10:00:00+08:00", 1, "2026-10-11T00:00:00+08:00"),
    ],
    ids=["within a week", "over a weekend", "over the National Day", "to a swapped Saturday"],
)
def test_working_days_end_at_local_midnight(since: str, days: int, end: str) -> None:
    assert china().after_days(moment_ms(since), days) == moment_ms(end)


@pytest.mark.parametrize(
    ("since", "hours", "end"),
    [
        ("2026-03-02T10:00:00+08:00", 2, "2026-03-02T12:00:00+08:00"),
        ("2026-03-02T16:00:00+08:00", 2, "2026-03-03T10:00:00+08:00"),
        ("2026-03-02T05:00:00+08:00", 1, "2026-03-02T10:00:00+08:00"),
        ("2026-03-06T18:00:00+08:00", 1, "2026-03-09T10:00:00+08:00"),
        ("2026-03-07T12:00:00+08:00", 8, "2026-03-09T17:00:00+08:00"),
    ],
    ids=["within a day", "over the night", "before opening", "Friday evening", "a whole day from Saturday on"],
)
def test_working_hours_run_only_while_somebody_works(since: str, hours: int, end: str) -> None:
    assert china().after_hours(moment_ms(since), hours) == moment_ms(end)


def test_hours_are_local_ones_when_clocks_change() -> None:
    berlin = Calendar(ZoneInfo("Europe/Berlin"))
    friday = moment_ms("2026-03-27T16:00:00+01:00")
    assert berlin.after_hours(friday, 2) == moment_ms("2026-03-30T10:00:00+02:00")
    assert berlin.after_days(friday, 1) == moment_ms("2026-03-31T00:00:00+02:00")


def test_a_calendar_without_any_working_day_is_told_and_does_not_hang() -> None:
    never = Calendar(UTC, weekend=frozenset(range(7)), opens=time(9))
    with pytest.raises(ValueError, match="no working day"):
        never.after_days(moment_ms("2026-03-02T10:00:00+08:00"), 1)


def test_a_table_replaces_the_years_it_has() -> None:
    table = parse_holidays("2027: {holidays: [[a, b, 2027-01-04, 2027-01-05]], workdays: [2027-01-09]}")
    calendar = Calendar(UTC, statutory_holidays().override(table))
    assert not calendar.is_working(date(2026, 10, 1)) and not calendar.is_working(date(2027, 1, 5))
    assert calendar.is_working(date(2027, 1, 9)) and calendar.is_working(date(2027, 10, 1))
    assert {2004, 2026, 2027} <= calendar.holidays.years
    local = parse_holidays("2026: {holidays: [[a, b, 2026-03-03, 2026-03-03]]}")
    assert Calendar(UTC, statutory_holidays().override(local)).is_working(date(2026, 10, 1))


def test_a_year_without_holidays_has_weekends_only() -> None:
    days = [date(2099, 1, day) for day in range(1, 8)]
    assert [china().is_working(day) for day in days] == [day.weekday() < 5 for day in days]


def test_a_wrong_table_is_told_with_its_name() -> None:
    with pytest.raises(WrongText, match=r"holidays\.yaml"):
        parse_holidays("2026: {holidays: [[a, b, 2026-01-01]]}")
