"""Shapes of a GeoJSON or TopoJSON file as rows, for a child process: the file comes from outside and may be hostile.

`file_rows` runs `read_shapes` in a child with limits. Imports the standard library: the child loads this module alone.
Sources: RFC 7946 (GeoJSON), TopoJSON format specification 1.0.
"""

import json
import math
import os
from collections.abc import Iterator
from typing import Any

from fanzha.base.child_worker import ChildRefusal

#: Names of the columns, in the order of the cells.
COLUMNS = ("code", "name", "approval", "shape")
MAX_BYTES = 20_000_000
MAX_SHAPES, MAX_POINTS = 2_000, 600_000
_MAX_CELL = 900_000
_LINE_POINTS, _RING_POINTS = 2, 4
TOO_LARGE, NO_MAP, OUT_OF_RANGE, TOO_MANY, OPEN_RING = "too large", "no map", "out of range", "too many", "open ring"
_CODE_NAMES = ("code", "adcode", "行政区划代码", "代码")
_NAMES = ("name", "名称", "NAME")
_APPROVALS = ("审图号", "approval", "map_approval")

Line = list[tuple[float, float]]


def read_shapes(path: str) -> Iterator[bytes]:
    """Yield JSON arrays of one row each: code, name, approval number, and the shape as JSON: [is closed, points] each.

    Coordinates are degrees, rounded to four decimals. Raise ChildRefusal for what is no map, too large or out of range.
    """
    if os.path.getsize(path) > MAX_BYTES:
        raise ChildRefusal(TOO_LARGE)
    try:
        with open(path, encoding="utf-8-sig") as file:
            document = json.load(file)
        yield from _rows(document)
    except OverflowError:  # a coordinate of hundreds of digits
        raise ChildRefusal(OUT_OF_RANGE) from None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise ChildRefusal(NO_MAP) from None


def _rows(document: dict[str, Any]) -> Iterator[bytes]:
    features, arcs = list(_features(document)), _arcs(document)
    if not 0 < len(features) <= MAX_SHAPES:
        raise ChildRefusal(NO_MAP if not features else TOO_MANY)
    points = 0
    for properties, geometry in features:
        lines = [(closed, line) for one in _geometries(geometry) for closed, line in _lines(one, arcs)]
        points += sum(len(line) for _closed, line in lines)
        if points > MAX_POINTS:
            raise ChildRefusal(TOO_MANY)
        for closed, line in lines:
            _check(line, closed)
        cells = [
            _property(properties, _CODE_NAMES),
            _property(properties, _NAMES),
            _property({**document, **properties}, _APPROVALS),
            json.dumps([[closed, line] for closed, line in lines], separators=(",", ":")),
        ]
        if max(map(len, cells)) > _MAX_CELL:
            raise ChildRefusal(TOO_MANY)
        yield json.dumps([cells], ensure_ascii=False).encode()


def _features(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield the properties and geometry of each feature."""
    match document["type"]:
        case "FeatureCollection":
            for feature in document["features"]:
                if feature["geometry"]:
                    yield feature.get("properties") or {}, feature["geometry"]
        case "Topology":
            for collection in document["objects"].values():
                for geometry in collection["geometries"]:
                    if geometry["type"]:
                        yield geometry.get("properties") or {}, geometry
        case _:
            raise ChildRefusal(NO_MAP)


def _geometries(geometry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if geometry["type"] == "GeometryCollection":
        yield from geometry["geometries"]
    else:
        yield geometry


def _lines(geometry: dict[str, Any], arcs: list[Line] | None) -> Iterator[tuple[bool, Line]]:
    """Yield the rings (closed) and lines of a geometry; points are not drawn."""
    parts = geometry.get("coordinates") if arcs is None else geometry.get("arcs")
    kind = geometry["type"]
    if kind in ("Point", "MultiPoint"):
        return
    depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}[kind]
    for part in _flatten(parts, depth):
        yield kind.endswith("Polygon"), _line(part, arcs)


def _flatten(parts: Any, depth: int) -> Iterator[Any]:
    if depth == 0:
        yield parts
        return
    for part in parts:
        yield from _flatten(part, depth - 1)


def _line(part: list[Any], arcs: list[Line] | None) -> Line:
    if arcs is None:
        return [(round(float(point[0]), 4), round(float(point[1]), 4)) for point in part]
    line: Line = []
    for number in part:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        line += arc[1:] if line else arc
    return line


def _arcs(document: dict[str, Any]) -> list[Line] | None:
    """Return the arcs of a topology in degrees, None for GeoJSON."""
    if document["type"] != "Topology":
        return None
    transform = document.get("transform")
    arcs: list[Line] = []
    for arc in document["arcs"]:
        if len(arcs) > MAX_POINTS:
            raise ChildRefusal(TOO_MANY)
        if transform is None:
            arcs.append([(round(float(x), 4), round(float(y), 4)) for x, y, *_rest in arc])
            continue
        (scale_x, scale_y), (move_x, move_y) = transform["scale"], transform["translate"]
        line, x, y = [], 0, 0
        for step_x, step_y, *_rest in arc:
            x, y = x + step_x, y + step_y
            line.append((round(x * scale_x + move_x, 4), round(y * scale_y + move_y, 4)))
        arcs.append(line)
    return arcs


def _check(line: Line, closed: bool) -> None:
    if not all(math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90 for x, y in line):
        raise ChildRefusal(OUT_OF_RANGE)
    if len(line) < (_RING_POINTS if closed else _LINE_POINTS):
        raise ChildRefusal(OPEN_RING)
    if closed and line[0] != line[-1]:
        raise ChildRefusal(OPEN_RING)


def _property(properties: dict[str, Any], names: tuple[str, ...]) -> str:
    found = next((properties[name] for name in names if properties.get(name) not in (None, "")), "")
    return str(found).strip()[:200]
