"""The map outlines that an operator loaded: `tables/outlines.json` in the state folder, ready to be drawn.

Without the file the provinces are drawn as tiles. An import writes it once a second person agreed.
"""

import math
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import msgspec

from fanzha.store.private_files import write_private_file
from fanzha.store.state_folder import state_folder

#: Width of the drawing in its own units; points nearer to each other than `_STEP` are drawn as one.
WIDTH = 900
_STEP = 0.6
#: Degrees within which a map of China lies.
LONGITUDES, LATITUDES = (70.0, 140.0), (-2.0, 58.0)
_MIDDLE = math.radians(35)

Shape = list[tuple[bool, list[tuple[float, float]]]]


class Region(msgspec.Struct, frozen=True):
    """One region: its name, its path in SVG, its bounds (left, top, right, bottom) and the place of its label."""

    name: str
    path: str
    bounds: tuple[float, float, float, float]
    label: tuple[float, float]


class MapOutlines(msgspec.Struct, frozen=True):
    """All regions by code (two digits of a province, four of a city), and lines without a region.

    `approval` is the map approval number 审图号, which is shown with every map; `job` is the import that added it.
    """

    job: str
    approval: str
    height: float
    regions: dict[str, Region]
    lines: list[str]

    def cities(self, province: str) -> dict[str, Region]:
        """Return the cities of a province by code."""
        return {code: one for code, one in self.regions.items() if len(code) > len(province) and code[:2] == province}


def is_in_range(shape: Shape) -> bool:
    """Return whether all points lie where a map of China can have them."""
    (west, east), (south, north) = LONGITUDES, LATITUDES
    return all(west <= x <= east and south <= y <= north for _closed, line in shape for x, y in line)


def build_outlines(job: str, approval: str, shapes: Iterable[tuple[str, str, Shape]]) -> MapOutlines:
    """Project shapes (code, name, shape; code "" for a line of no region) onto the drawing, north at the top.

    The projection is equirectangular with its standard parallel at 35° north.
    """
    found = list(shapes)
    points = [point for _code, _name, shape in found for _closed, line in shape for point in line]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    scale = WIDTH / ((east - west) * math.cos(_MIDDLE) or 1)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return (point[0] - west) * math.cos(_MIDDLE) * scale, (north - point[1]) * scale

    regions: dict[str, Region] = {}
    areas: dict[str, float] = {}
    lines = []
    for code, name, shape in found:
        placed = [(closed, [place(point) for point in line]) for closed, line in shape]
        path = "".join(_path(line, closed) for closed, line in placed)
        if not code:
            lines.append(path)
            continue
        largest = max((line for _closed, line in placed), key=_area)
        parts = [point for _closed, line in placed for point in line]
        bounds = (
            min(x for x, _ in parts), min(y for _, y in parts), max(x for x, _ in parts), max(y for _, y in parts)
        )  # fmt: skip
        region = Region(name, path, bounds, _middle(largest))
        before, area = regions.get(code), _area(largest)
        regions[code] = _join(before, region, is_larger=area > areas[code]) if before else region
        areas[code] = max(area, areas.get(code, 0.0))
    return MapOutlines(job, approval, (north - south) * scale, regions, lines)


def _join(before: Region, added: Region, *, is_larger: bool) -> Region:
    """Return one region of two shapes with the same code; its label is in the larger one."""
    (left, top, right, bottom), (west, north, east, south) = before.bounds, added.bounds
    bounds = min(left, west), min(top, north), max(right, east), max(bottom, south)
    return Region(added.name, before.path + added.path, bounds, added.label if is_larger else before.label)


def _path(line: list[tuple[float, float]], closed: bool) -> str:
    kept = [line[0]]
    for x, y in line[1:-1]:
        if math.hypot(x - kept[-1][0], y - kept[-1][1]) >= _STEP:
            kept.append((x, y))
    kept += [] if closed else [line[-1]]
    return f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in kept)}{'Z' if closed else ''}"


def _area(line: list[tuple[float, float]]) -> float:
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(line, line[1:], strict=False)))


def _middle(line: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the centroid of a ring, its first point if it has no area."""
    double = sum(x * v - u * y for (x, y), (u, v) in zip(line, line[1:], strict=False))
    if not double:
        return line[0]
    pairs = list(zip(line, line[1:], strict=False))
    across = sum((x + u) * (x * v - u * y) for (x, y), (u, v) in pairs) / (3 * double)
    down = sum((y + v) * (x * v - u * y) for (x, y), (u, v) in pairs) / (3 * double)
    return across, down


def outlines_path(folder: Path | None = None) -> Path:
    """Return the path of the file."""
    return (folder or state_folder()) / "tables" / "outlines.json"


def write_outlines(outlines: MapOutlines | None) -> None:
    """Put outlines in place of those before; None removes them."""
    path = outlines_path()
    if outlines is None:
        path.unlink(missing_ok=True)
        return
    write_private_file(path, msgspec.json.encode(outlines))


def load_outlines() -> MapOutlines | None:
    """Return the outlines in force, None if there are none or the file is damaged."""
    path = outlines_path()
    try:
        changed_at = os.stat(path).st_mtime_ns
    except OSError:
        return None
    return _load(path, changed_at)


@lru_cache(maxsize=2)
def _load(path: Path, changed_at: int) -> MapOutlines | None:
    """Read the file; `changed_at` is part of the cache key."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=MapOutlines)
    except (OSError, msgspec.DecodeError):
        return None
