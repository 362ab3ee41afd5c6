"""Bars stand for hours; what they show stands in the table too, and nothing of a title is taken for a tag."""

from datetime import UTC, datetime, timedelta

from fanzha.command.web.drawing.hours import hour_of, hours

AT = datetime(2026, 3, 2, 8, 20, tzinfo=UTC)


def test_each_hour_with_a_count_has_a_bar_and_a_row() -> None:
    counts = {hour_of(AT): 31, hour_of(AT - timedelta(hours=2)): 4, hour_of(AT - timedelta(hours=90)): 7}
    chart = hours("calls", counts, ("hour", "calls"), AT, 48)
    assert chart.svg.count("<rect") == 2
    assert [row[1] for row in chart.table.rows] == [4, 31]


def test_nothing_found_is_an_empty_picture() -> None:
    chart = hours("<calls>", {}, ("hour", "calls"), AT, 24)
    assert "<rect" not in chart.svg and "&lt;calls&gt;" in chart.svg and chart.table.rows == ()
