"""Numbers by the city of the numbering plan: few are withheld, other provinces are one row, scoped to the viewer."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation
from tests.command.dashboards.test_analyst import campaign
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.command.campaigns.models import Placement
from fanzha.command.campaigns.selectors import find_numbers
from fanzha.command.dashboards.cities import CityNumbers, city_numbers, city_table, map_cities
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.store.map_outlines import build_outlines, write_outlines

CHENGDU, SHENZHEN = "+8628", "+86755"


def place(world: World, *values: str, is_victim: bool, state: str = "open") -> None:
    now = timezone.now()
    row = campaign(world, subjects=len(values), state=state)
    with unscoped("a test places numbers"):
        for value in values:
            Placement.objects.create(
                campaign=row, owner=row.owner, subject=subject(value), is_victim=is_victim,
                heat=1.0, marking="amber", first_at=now, last_at=now,
            )  # fmt: skip


def counted(world: World, name: str) -> CityNumbers:
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer):
        return city_numbers(viewer, "51", timezone.now())


def test_victims_and_suspects_stand_at_their_cities_and_those_of_cleared_campaigns_nowhere(world: World) -> None:
    place(world, *(f"{CHENGDU}8765432{place}" for place in range(6)), is_victim=True)
    place(world, f"{CHENGDU}87654330", f"{SHENZHEN}12345678", is_victim=False)
    place(world, f"{CHENGDU}87654340", is_victim=False, state="cleared")
    city = "成都/眉山/资阳"
    assert counted(world, "ministry") == CityNumbers({city: 6}, {city: 1, "": 1}, True)
    assert counted(world, "other_carrier") == CityNumbers({}, {}, True)


def test_the_table_names_cities_in_both_languages_and_withholds_few() -> None:
    found = CityNumbers({"成都/眉山/资阳": 60, "": 9}, {"成都/眉山/资阳": 3, "": 8}, True)
    for language, name, withheld in (
        ("en", "Chengdu/Meishan/Ziyang", "withheld"),
        ("zh-hans", "成都/眉山/资阳", "不公开"),
    ):
        with translation.override(language):
            rows = city_table("51", found).rows
        assert rows[0] == (name, "60", withheld) and rows[1][1:] == ("9", withheld)


def test_cities_are_drawn_by_the_outlines_that_have_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    found = CityNumbers({"成都/眉山/资阳": 60, "绵阳": 3, "": 9}, {}, True)
    assert map_cities("51", found) is None
    ring = [(100.0, 30.0), (101.0, 30.0), (101.0, 31.0), (100.0, 30.0)]
    shapes = [
        ("5101", "成都市", [(True, ring)]),
        ("5107", "绵阳市", [(True, ring)]),
        ("5108", "广元市", [(True, ring)]),
    ]
    write_outlines(build_outlines("J", "GS(2024)1号", shapes))
    with translation.override("zh-hans"):
        chart = map_cities("51", found)
    assert chart is not None and "成都/眉山/资阳: 60" in chart.svg and "绵阳: 不公开" in chart.svg
    assert chart.svg.count("tile-") == 2 and chart.table.rows[1][1] == "不公开"


def test_no_more_numbers_are_read_than_asked_for(world: World) -> None:
    place(world, *(f"{CHENGDU}8765432{place}" for place in range(6)), is_victim=True)
    viewer = world.viewer("ministry", Role.ANALYST)
    with scoped_to(viewer):
        assert len(find_numbers({world["carrier"].pk}, timezone.now() - timedelta(days=1), 4)) == 4
