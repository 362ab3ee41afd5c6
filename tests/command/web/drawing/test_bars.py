"""A bar is as long as its share of the whole, says its words, and stands above nothing that it is not."""

from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.bars import WIDTH, DrawnBar, bars

TABLE = DataTable("kinds", ("kind", "campaigns"), (("loan", 3),))


def test_bars_have_the_length_of_their_share() -> None:
    chart = bars("kinds", [DrawnBar("<loan>", "3 of 4", 0.75), DrawnBar("late", "1 of 4", 0.25, "series-harm")], TABLE)
    assert f'<rect class="series-1" x="0" y="20" width="{0.75 * WIDTH:.1f}"' in chart.svg
    assert f'<rect class="series-harm" x="0" y="56" width="{0.25 * WIDTH:.1f}"' in chart.svg
    assert "<title>&lt;loan&gt;: 3 of 4</title>" in chart.svg and chart.table is TABLE


def test_a_small_share_can_be_seen() -> None:
    assert 'width="1.0"' in bars("kinds", [DrawnBar("rare", "1 of 9,999", 1 / 9_999)], TABLE).svg
