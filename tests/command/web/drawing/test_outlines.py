"""Outlines in force replace the tiles and show their approval number; a province with cities is drawn by itself."""

from pathlib import Path

import pytest

from fanzha.command.web.components import DataTable
from fanzha.command.web.drawing.outlines import city_map, province_map
from fanzha.command.web.drawing.provinces import PROVINCES
from fanzha.command.web.drawing.tiles import Tint
from fanzha.store.map_outlines import build_outlines, write_outlines

TABLE = DataTable("late", ("province", "late"), (("Sichuan", 1),))
TINTS = {"51": Tint(1.0, "9", "Sichuan: 9 <late>", "/province/51/")}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))


def square(west: float, south: float) -> list[tuple[bool, list[tuple[float, float]]]]:
    ring = [(west, south), (west + 2, south), (west + 2, south + 2), (west, south + 2), (west, south)]
    return [(True, ring)]


def load() -> None:
    shapes = [(code, tile.name.zh, square(75 + 6 * tile.column, 50 - 5 * tile.row)) for code, tile in PROVINCES.items()]
    shapes += [("5101", "成都市", square(100, 30)), ("", "", [(False, [(112.0, 5.0), (113.0, 4.0)])])]
    write_outlines(build_outlines("J1", "GS(2024)0650号", shapes))


def test_without_outlines_there_are_tiles() -> None:
    assert province_map("late", TINTS, TABLE).svg.count("<rect") == len(PROVINCES)
    assert city_map("late", "51", {}, TABLE) is None


def test_outlines_are_drawn_with_their_approval_number() -> None:
    load()
    chart = province_map("late", TINTS, TABLE)
    assert chart.svg.count('<g class="tile') == len(PROVINCES) and "<rect" not in chart.svg
    assert '<a href="/province/51/"><g class="tile tile-4"><title>Sichuan: 9 &lt;late&gt;' in chart.svg
    assert "GS(2024)0650号" in chart.svg and "outline-line" in chart.svg and chart.table is TABLE


def test_the_cities_of_a_province_are_drawn_by_themselves() -> None:
    load()
    chart = city_map("people", "51", {"成都市": Tint(0.5, "40", "成都市: 40")}, TABLE)
    assert chart is not None and chart.svg.count('<g class="tile') == 1
    assert "成都市: 40" in chart.svg and "GS(2024)0650号" in chart.svg
    assert city_map("people", "33", {}, TABLE) is None
