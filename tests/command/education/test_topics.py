"""Every audience has a level, and a period has an order, a length and years that people live in."""

from datetime import date

from fanzha.command.education.topics import AUDIENCES, is_period


def test_every_audience_has_a_level_that_suits() -> None:
    assert all(audience.sentence > 0 and audience.rare > 0 and audience.grade > 0 for audience in AUDIENCES.values())


def test_a_period_has_an_order_and_a_length() -> None:
    assert is_period(date(2026, 10, 1), date(2026, 10, 1)) and is_period(date(2025, 1, 1), date(2026, 12, 31))
    assert not is_period(date(2026, 10, 2), date(2026, 10, 1)) and not is_period(date(2024, 1, 1), date(2026, 12, 31))
    assert not is_period(date(1, 1, 1), date(1, 1, 31)) and not is_period(date(9999, 12, 1), date(9999, 12, 31))
