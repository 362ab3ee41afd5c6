"""Bars of days stand on each other, are as high as their share of the highest day, and have a row a day behind them."""

from datetime import date

from fanzha.command.web.drawing.days import DayPart, days

PARTS = (DayPart("on time", "series-2"), DayPart("late", "series-harm"))
COUNTS = {date(2026, 3, 1): (3, 1), date(2026, 3, 2): (0, 0), date(2026, 3, 3): (2, 0)}


def test_a_bar_for_every_part_that_is_not_zero() -> None:
    chart = days("Asked", "day", PARTS, COUNTS)
    assert chart.svg.count("<rect") == 3
    assert "1 Mar 2026, late: 1" in chart.svg


def test_the_table_has_every_day_and_the_legend_every_part() -> None:
    chart = days("Asked", "day", PARTS, COUNTS)
    assert chart.table.head == ("day", "on time", "late")
    assert chart.table.rows == (("1 Mar 2026", 3, 1), ("2 Mar 2026", 0, 0), ("3 Mar 2026", 2, 0))
    assert list(chart.legend) == [("series-2", "on time"), ("series-harm", "late")]


def test_without_days_there_is_an_empty_picture() -> None:
    chart = days("<Asked>", "day", PARTS, {})
    assert "<rect" not in chart.svg
    assert "&lt;Asked&gt;" in chart.svg
