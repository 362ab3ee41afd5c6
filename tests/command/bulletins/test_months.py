"""Months are those of the owner's time zone."""

from datetime import UTC, date, datetime

import pytest

from fanzha.command.bulletins.months import month_at, month_before, month_bounds, read_month

ZONE = "Asia/Shanghai"


def test_a_month_begins_at_midnight_of_its_zone() -> None:
    began_at, ended_at = month_bounds(date(2026, 12, 1), ZONE)
    assert began_at == datetime(2026, 11, 30, 16, tzinfo=UTC) and ended_at == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert month_at(datetime(2026, 11, 30, 17, tzinfo=UTC), ZONE) == date(2026, 12, 1)
    assert month_before(date(2026, 1, 1)) == date(2025, 12, 1)


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "0001-01", "10", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_month(text)
