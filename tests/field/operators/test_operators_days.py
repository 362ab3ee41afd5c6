"""Operators' days: what `fanzha analyze` finds of planted frauds, whom it leaves alone, and that no record is lost.

The limits are those of the present detectors on one seed: docs/reference/operators.md states what is missed.
"""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.field.operators import identifiers
from tests.field.operators.dialects import DIALECTS, split_parts, write_days
from tests.field.operators.drawn import draw_dialect, draw_map
from tests.field.operators.generate import generate
from tests.field.operators.records import MINUTE
from tests.field.operators.replayed import replay_run
from tests.field.operators.score import map_of, report, score_run
from tests.field.operators.tally import Tally, decode_tally, encode_tally, wilson
from tests.field.operators.truth import Truth

from fanzha.kinds.phone_number import classify_many

pytestmark = pytest.mark.field
SEED, DAYS, SUBSCRIBERS = 11, 2, 6_000
SMALL = 2_600  # subscribers enough for every actor


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    """Two days in the exchange's dialect, read with the map made by hand."""
    return score_run(SEED, "exchange", DAYS, map_of("exchange"), tmp_path_factory.mktemp("mapped"), SUBSCRIBERS)


@pytest.fixture(scope="module")
def unmapped(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    """Two days in the mediation system's dialect, read without a map."""
    return score_run(SEED, "mediation", DAYS, None, tmp_path_factory.mktemp("unmapped"), SUBSCRIBERS)


@pytest.fixture(scope="module")
def small() -> tuple[pa.Table, Truth]:
    """One day of a small operator."""
    return generate(3, 1, SMALL)


def test_trunks_with_spoofed_home_numbers_and_one_ring_calls_are_found(mapped: Tally) -> None:
    found = {kind: (mapped.live[kind], mapped.of[kind]) for kind in ("spoofed_trunk", "wangiri")}
    assert found == {"spoofed_trunk": (2, 2), "wangiri": (2, 2)}, report(mapped)


def test_boxes_with_phone_and_card_in_the_records_are_named_as_boxes(mapped: Tally) -> None:
    assert mapped.by_detector["sim_box", "sim-box"] == mapped.of["sim_box"] > 0, report(mapped)


def test_ordinary_people_and_the_networks_trunks_are_not_accused(mapped: Tally) -> None:
    families = ("ordinary", "other_network", "interconnect_trunk", "radio_network", "hospital", "school", "office")
    assert all(mapped.of[family] for family in families)
    assert {family: mapped.live[family] for family in families} == dict.fromkeys(families, 0), report(mapped)


@pytest.mark.parametrize("way", ["mapped", "unmapped"])
def test_every_record_is_accounted_for(way: str, request: pytest.FixtureRequest) -> None:
    rows = request.getfixturevalue(way).rows
    accounted = rows["used"] + rows["rejected"] + rows["waiting"] + rows["outside"]
    assert accounted == rows["read"] and rows["written"] <= accounted, rows


def test_records_sent_twice_count_once_where_the_map_names_the_serial_number(mapped: Tally) -> None:
    assert mapped.rows["repeats"] > 0


def test_a_replay_of_the_victims_finds_cases_before_their_loss_and_shows_no_number(tmp_path: Path) -> None:
    result = replay_run(SEED, "exchange", DAYS, tmp_path, SUBSCRIBERS)
    with (tmp_path / "cases.csv").open(encoding="utf-8") as file:
        reported = list(csv.DictReader(file))
    with (tmp_path / "replay" / "cases.csv").open(encoding="utf-8-sig") as file:
        outcomes = {row["case"]: row for row in csv.DictReader(file)}
    found = [row for row in outcomes.values() if row["outcome"] == "found"]
    assert list(outcomes) == [row["案件编号"] for row in reported]
    assert result["covered"] == result["cases"] == len(reported)
    assert len(found) > len(reported) / 2 and all(row["found_at"] < row["first_loss"] for row in found), outcomes
    page = (tmp_path / "replay" / "replay.html").read_text("utf-8")
    assert not [row["受害人号码"] for row in reported if row["受害人号码"].removeprefix("86") in page]


def test_the_truth_is_not_among_the_records(small: tuple[pa.Table, Truth], tmp_path: Path) -> None:
    write_days(*small, DIALECTS["warehouse"], tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == [".txt"]
    text = next(tmp_path.iterdir()).read_text("utf-8")
    assert "victim" not in text and "box" not in text


def test_the_same_seed_makes_the_same_days(small: tuple[pa.Table, Truth]) -> None:
    assert generate(3, 1, SMALL)[0].equals(small[0])
    assert not generate(4, 1, SMALL)[0].equals(small[0])


def test_numbers_are_valid_mobiles_of_blocks_that_no_list_names() -> None:
    rng = np.random.default_rng(1)
    for first in (identifiers.OWN_FIRST, identifiers.MOBILE_FIRST, identifiers.BROADCAST_FIRST):
        numbers = identifiers.with_country(identifiers.draw_mobiles(rng, first, 300))
        facts = classify_many(pa.array([f"+{number}" for number in numbers]))
        assert set(facts["number_class"].to_pylist()) == {"mobile"}
        assert facts["city"].null_count + facts["city"].to_pylist().count("") > 270


def test_a_long_call_becomes_partial_records_of_half_an_hour(small: tuple[pa.Table, Truth]) -> None:
    records = split_parts(small[0])
    assert int(records.talk.max()) <= 30 * MINUTE
    assert int(records.talk.sum()) == pc.sum(small[0]["talk"]).as_py()


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_drawn_dialect_writes_what_its_map_names(seed: int, small: tuple[pa.Table, Truth], tmp_path: Path) -> None:
    dialect = draw_dialect(seed)
    write_days(*small, dialect, tmp_path)
    header = next(tmp_path.iterdir()).read_text(dialect.encoding).splitlines()[0]
    assert all(f'"{name}"' in draw_map(seed) for name in header.split(dialect.delimiter))


def test_a_stored_tally_is_read_as_it_was() -> None:
    tally = Tally(line_days=7)
    tally.of["sim_box"] = 3
    tally.victims["sim_box", "late"] = 2
    assert decode_tally(encode_tally(tally).decode()) == tally


def test_the_interval_of_none_of_none_is_everything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(5, 5)[1] == pytest.approx(1.0)
