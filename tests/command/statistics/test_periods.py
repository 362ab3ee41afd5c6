"""Periods of statistics by their keys."""

from datetime import UTC, datetime

import pytest

from fanzha.base.errors import Malformed
from fanzha.command.statistics.periods import last_month, month_of, parse_period, period_at, recent_months


@pytest.mark.parametrize(
    ("key", "kind", "since", "until"),
    [
        ("2026-10", "month", "2026-10-01", "2026-11-01"),
        ("2026-12", "month", "2026-12-01", "2027-01-01"),
        ("2026-Q4", "quarter", "2026-10-01", "2027-01-01"),
        ("2026-W01", "week", "2025-12-29", "2026-01-05"),
        ("2026", "year", "2026-01-01", "2027-01-01"),
    ],
)
def test_a_key_names_a_period_of_the_sites_time_zone(key: str, kind: str, since: str, until: str) -> None:
    period = parse_period(key)
    assert (period.kind, f"{period.since:%Y-%m-%d %H}", f"{period.until:%Y-%m-%d %H}") == (
        kind,
        since + " 00",
        until + " 00",
    )
    assert period.since.tzinfo is not None


@pytest.mark.parametrize("key", ["", "2026-13", "2026-00", "2026-W54", "2026-Q5", "26-10", "2026-10-01", "9999-01"])
def test_anything_else_is_no_period(key: str) -> None:
    with pytest.raises(Malformed):
        parse_period(key)


def test_months_follow_each_other_backwards() -> None:
    moment = datetime(2026, 1, 15, tzinfo=UTC)
    assert month_of(moment).key == "2026-01" and last_month(moment).key == "2025-12"
    assert [month.key for month in recent_months(moment, 3)] == ["2026-01", "2025-12", "2025-11"]


def test_a_day_lies_in_a_period_of_each_sort() -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    keys = {kind: period_at(kind, moment).key for kind in ("week", "month", "quarter", "year")}
    assert keys == {"week": "2026-W01", "month": "2026-01", "quarter": "2026-Q1", "year": "2026"}
