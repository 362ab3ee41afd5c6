"""Administrative areas of GB/T 2260 with the years in which each was in force. An unknown area is only a warning."""

import csv
import gzip
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Area(NamedTuple):
    """One name of an area code, with its first and last year (None: no limit)."""

    name: str
    since: int | None
    until: int | None

    def in_force(self, year: int) -> bool:
        """Return whether the area had this name in a year."""
        return (self.since is None or self.since <= year) and (self.until is None or year <= self.until)


@cache
def areas() -> dict[str, tuple[Area, ...]]:
    """Return the names of every area code, oldest first."""
    packed = (files("fanzha.kinds") / "data" / "areas.csv.gz").read_bytes()
    found: dict[str, list[Area]] = {}
    for row in csv.DictReader(gzip.decompress(packed).decode().splitlines()):
        years = (int(row[name]) if row[name] else None for name in ("from", "until"))
        found.setdefault(row["code"], []).append(Area(row["name"], *years))
    return {code: tuple(names) for code, names in found.items()}


def area_at(code: str, year: int) -> Area | None:
    """Return the area of a six-digit code in a year, else its latest name, or None if the code is unknown."""
    names = areas().get(code, ())
    return next((area for area in names if area.in_force(year)), names[-1] if names else None)


def place_at(code: str, year: int) -> str:
    """Return the known names of province, city and county of a six-digit code in a year."""
    names = [area_at(code[:2] + "0000", year), area_at(code[:4] + "00", year), area_at(code, year)]
    visible = [area.name for area in names if area is not None and area.name not in ("市辖区", "县")]
    return "".join(dict.fromkeys(visible))
