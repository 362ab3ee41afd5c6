"""Shapes of GeoJSON and TopoJSON are read alike; what is no map, too large or out of range is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.child_worker import ChildRefusal
from fanzha.command.imports.map_shapes import MAX_BYTES, NO_MAP, OPEN_RING, OUT_OF_RANGE, TOO_LARGE, read_shapes

SQUARE = [[100, 30], [101, 30], [101, 31], [100, 31], [100, 30]]


def feature(kind: str, coordinates: Any, **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def collection(*features: dict[str, Any], **members: str) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def rows(tmp_path: Path, document: Any) -> list[list[str]]:
    path = tmp_path / "map.geojson"
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return [row for chunk in read_shapes(str(path)) for row in json.loads(chunk)]


def refusal(tmp_path: Path, document: Any) -> str:
    with pytest.raises(ChildRefusal) as refused:
        rows(tmp_path, document)
    return refused.value.reason


def test_polygons_and_lines_become_rows(tmp_path: Path) -> None:
    document = collection(
        feature("MultiPolygon", [[SQUARE], [SQUARE]], adcode="510000", name="四川省"),
        feature("LineString", [[110, 20], [111, 19]], adcode="100000_JD"),
        审图号="GS(2024)0650号",
    )
    area, line = rows(tmp_path, document)
    assert area[:3] == ["510000", "四川省", "GS(2024)0650号"]
    assert json.loads(area[3]) == [[True, SQUARE], [True, SQUARE]]
    assert json.loads(line[3]) == [[False, [[110, 20], [111, 19]]]]


def test_a_topology_is_the_same_map(tmp_path: Path) -> None:
    document = {
        "type": "Topology",
        "transform": {"scale": [0.5, 0.5], "translate": [100, 30]},
        "arcs": [[[0, 0], [2, 0], [0, 2]], [[0, 0], [0, 2], [2, 0]]],
        "objects": {
            "map": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Polygon", "arcs": [[0, -2]], "properties": {"code": "51"}}],
            }
        },
    }
    ((code, _name, _approval, shape),) = rows(tmp_path, document)
    assert (code, json.loads(shape)) == ("51", [[True, SQUARE]])


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("no JSON", NO_MAP),
        ([], NO_MAP),
        ({"type": "Feature"}, NO_MAP),
        (collection(), NO_MAP),
        ("[" * 100_000, NO_MAP),
        (collection(feature("Circle", SQUARE)), NO_MAP),
        (collection(feature("Polygon", [[["east", 30]] * 4])), NO_MAP),
        (collection(feature("Polygon", [[[500_000, 30]] * 4])), OUT_OF_RANGE),
        (collection(feature("Polygon", [[[10**400, 30]] * 4])), OUT_OF_RANGE),
        (collection(feature("Polygon", [SQUARE[:-1]])), OPEN_RING),
        (collection(feature("Polygon", [SQUARE[:2]])), OPEN_RING),
        ('{"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString", "coordinates": [[NaN, 1], '
         "[2, 3]]}}]}", OUT_OF_RANGE),
    ],
)  # fmt: skip
def test_what_is_no_map_is_refused(tmp_path: Path, document: Any, reason: str) -> None:
    assert refusal(tmp_path, document) == reason


def test_a_large_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "map.geojson"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ChildRefusal, match=TOO_LARGE):
        list(read_shapes(str(path)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-200, 200) | st.sampled_from(["Polygon", "FeatureCollection", "Topology"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "features", "geometry", "coordinates", "objects", "arcs", "properties"]), inner
        )
    ),
    max_leaves=20,
)


@given(document=JSON)
def test_whatever_comes_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, document: Any) -> None:
    try:
        rows(tmp_path_factory.mktemp("map"), document)
    except ChildRefusal as refused:
        assert refused.reason
