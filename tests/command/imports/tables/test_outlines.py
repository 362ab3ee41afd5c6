"""Outlines are drawn once a second person agreed, with their approval number; without them there are tiles."""

import json
from typing import Any

import pytest
from tests.command.imports.factories import counts, handed_in
from tests.command.people import World

from fanzha.command.imports import uploads
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.services import approve, withdraw
from fanzha.command.imports.tables.outlines import parse_code
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.roles import Role
from fanzha.store.map_outlines import load_outlines

pytestmark = pytest.mark.django_db
APPROVAL = "GS(2024)0650号"


def square(west: float, south: float) -> list[list[float]]:
    return [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]


def a_map(*more: dict[str, Any], approval: str = APPROVAL, without: str = "") -> str:
    """A made-up map: a square for each province, which lies nowhere in particular."""
    features = [
        {
            "type": "Feature",
            "properties": {"adcode": f"{code}0000", "name": tile.name.zh},
            "geometry": {"type": "Polygon", "coordinates": [square(75 + 6 * tile.column, 50 - 5 * tile.row)]},
        }
        for code, tile in PROVINCES.items()
        if code != without
    ]
    return json.dumps({"type": "FeatureCollection", "审图号": approval, "features": [*features, *more]})


def handed_in_map(world: World, text: str) -> ImportJob:
    return handed_in(world, "outlines", text, name="administration", file_name="map.geojson")


def test_a_map_is_drawn_once_another_person_agrees(world: World) -> None:
    line = {"type": "LineString", "coordinates": [[112, 5], [113, 4]]}
    job = handed_in_map(world, a_map({"properties": {"adcode": "100000_JD"}, "geometry": line}))
    assert counts(job) == ("proposed", 0, 0, len(PROVINCES) + 1) and load_outlines() is None
    approve(job, world.person("administration", Role.REVIEWER))
    outlines = load_outlines()
    assert outlines is not None and (outlines.approval, outlines.job) == (APPROVAL, job.ref)
    assert set(outlines.regions) == set(PROVINCES) and len(outlines.lines) == 1
    withdraw(job, world.person("administration", Role.REVIEWER))
    assert load_outlines() is None


def test_a_map_without_a_province_is_refused(world: World) -> None:
    job = handed_in_map(world, a_map(without="54"))
    assert job.state == "failed" and "西藏" in job.problem_zh


@pytest.mark.parametrize(
    ("properties", "corner", "column"),
    [
        ({"adcode": "999900"}, (100, 30), "code"),
        ({"adcode": "somewhere"}, (100, 30), "code"),
        ({"adcode": "5101", "审图号": "GS(2020)1号"}, (100, 30), "approval"),
        ({"adcode": "5101"}, (10, 30), "shape"),
    ],
)
def test_what_is_wrong_with_a_shape_is_told(
    world: World, properties: dict[str, str], corner: tuple[float, float], column: str
) -> None:
    shape = {"type": "Polygon", "coordinates": [square(*corner)]}
    job = handed_in_map(world, a_map({"properties": properties, "geometry": shape}))
    assert [reject["column"] for reject in uploads.read_rejects(job.ref)] == [column]


def test_a_line_of_too_few_points_from_a_table_is_refused(world: World) -> None:
    table = f'code,name,approval,shape\n510000,四川,{APPROVAL},"[[true,[]]]"\n'
    job = handed_in(world, "outlines", table, name="administration")
    assert [reject["column"] for reject in uploads.read_rejects(job.ref)] == ["shape"]


def test_a_map_without_an_approval_number_is_refused(world: World) -> None:
    assert handed_in_map(world, a_map(approval="")).state == "failed"
    assert handed_in_map(world, a_map(approval="approved")).state == "failed"


def test_a_map_whose_file_is_gone_is_drawn_as_tiles(world: World) -> None:
    job = handed_in_map(world, a_map())
    uploads.upload_path(job.ref).unlink()
    approve(job, world.person("administration", Role.REVIEWER))
    job.refresh_from_db()
    assert load_outlines() is None and "tiles" in job.note_en


@pytest.mark.parametrize(
    ("text", "code"),
    [("510000", "51"), ("510100", "5101"), ("51", "51"), ("5101", "5101"), ("", ""), ("100000_JD", ""),
     ("510101", None), ("990000", None), ("5", None), ("x", None)],
)  # fmt: skip
def test_codes_are_of_provinces_and_cities(text: str, code: str | None) -> None:
    assert parse_code(text) == code
