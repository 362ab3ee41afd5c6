"""Every province has a tile; those with figures are tinted by their strength and say them in words."""

from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.drawing.tiles import Tint, tiles

TABLE = DataTable("late", ("province", "late"), (("Sichuan", 1),))


def test_all_provinces_are_drawn_and_the_strongest_has_the_last_step() -> None:
    chart = tiles("late", {"51": Tint(1.0, "100%", "Sichuan: <all> late"), "11": Tint(0.0, "0%", "Beijing")}, TABLE)
    assert chart.svg.count("<rect") == len(PROVINCES)
    assert 'class="tile tile-4"><title>Sichuan: &lt;all&gt; late' in chart.svg
    assert 'class="tile tile-1"><title>Beijing' in chart.svg
    assert chart.table is TABLE


def test_a_tile_with_a_page_is_a_link_and_the_picture_a_group() -> None:
    chart = tiles("late", {"51": Tint(1.0, "9", "Sichuan: 9", "/province/51/")}, TABLE)
    assert 'role="group"' in chart.svg and '<a href="/province/51/"><g class="tile tile-4">' in chart.svg
    assert 'role="img"' in tiles("late", {}, TABLE).svg
