"""Shapes are projected with north at the top; the file in the state folder is what is drawn."""

from pathlib import Path

import pytest

from fanzha.store.map_outlines import (
    WIDTH,
    Shape,
    build_outlines,
    is_in_range,
    load_outlines,
    outlines_path,
    write_outlines,
)

AREA: Shape = [(True, [(100.0, 30.0), (104.0, 30.0), (104.0, 34.0), (100.0, 34.0), (100.0, 30.0)])]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))


def test_north_is_at_the_top_and_the_label_in_the_middle() -> None:
    north: Shape = [(True, [(x, y + 10) for x, y in AREA[0][1]])]
    outlines = build_outlines("J", "GS(2024)1号", [("51", "south", AREA), ("62", "north", north)])
    south, far = outlines.regions["51"], outlines.regions["62"]
    assert far.bounds[1] == pytest.approx(0) and south.bounds[3] == pytest.approx(outlines.height)
    assert south.label[0] == pytest.approx(WIDTH / 2) and south.bounds[1] < south.label[1] < south.bounds[3]
    assert south.path.startswith("M0.0 ") and south.path.endswith("Z")


def test_two_shapes_of_one_region_are_one_with_the_bounds_of_both_and_the_label_in_the_larger() -> None:
    island: Shape = [(True, [(x / 10 + 100, y / 10) for x, y in AREA[0][1]])]
    for shapes in ((AREA, island), (island, AREA)):
        outlines = build_outlines("J", "A", [("51", "a", shape) for shape in shapes])
        (region,) = outlines.regions.values()
        assert region.bounds == pytest.approx((0, 0, WIDTH, outlines.height))
        assert region.path.count("M") == 2 and region.label[1] < outlines.height / 4


def test_points_that_lie_together_are_drawn_as_one() -> None:
    ring = [(100 + n / 10_000, 30.0) for n in range(2_000)]
    (region,) = build_outlines(
        "J", "A", [("51", "a", [(True, [*ring, (110.0, 40.0), (100.0, 30.0)])])]
    ).regions.values()
    assert region.path.count("L") < 40


def test_what_is_written_is_loaded_and_damage_means_none() -> None:
    assert load_outlines() is None
    outlines = build_outlines("J", "GS(2024)1号", [("5101", "city", AREA), ("", "", AREA)])
    write_outlines(outlines)
    assert load_outlines() == outlines
    assert list(outlines.cities("51")) == ["5101"] and not outlines.cities("33")
    outlines_path().write_text("{")
    assert load_outlines() is None
    write_outlines(None)
    assert not outlines_path().exists()


def test_a_map_of_china_has_its_range() -> None:
    assert is_in_range(AREA)
    assert not is_in_range([(False, [(10.0, 30.0), (11.0, 30.0)])])
