"""Shares by day: points with their words on a line, a gap where nothing is known, a bar for a table."""

from datetime import date

from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.shares import PlottedShare, share_bar, share_days

TABLE = DataTable("late", ("day", "share"), (("2026-03-01", "4%"),))
SHARE = PlottedShare(0.04, 0.02, 0.08, "<4%>")


def test_a_day_without_a_share_parts_the_line() -> None:
    shares = {date(2026, 3, day): None if day == 3 else SHARE for day in range(1, 6)}
    chart = share_days("late", shares, TABLE)
    assert chart.svg.count('class="line-1"') == 2 and chart.svg.count("<circle") == 4
    assert "<title>&lt;4%&gt;</title>" in chart.svg and chart.table is TABLE


def test_the_scale_holds_every_interval() -> None:
    assert ">10%<" in share_days("late", {date(2026, 3, 1): SHARE}, TABLE).svg
    assert ">100%<" in share_days("late", {date(2026, 3, 1): SHARE._replace(high=0.6)}, TABLE).svg
    assert ">5%<" in share_days("late", {date(2026, 3, 1): None}, TABLE).svg


def test_a_bar_has_its_interval_and_its_share() -> None:
    bar = share_bar(SHARE)
    assert '<line x1="2.0" y1="6" x2="8.0" y2="6"/>' in bar and 'x1="4.0"' in bar
