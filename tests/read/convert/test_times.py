"""Columns of moments come out as UTC milliseconds, whatever type, format, zone and skew they came in."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from fanzha.base.clock import EARLIEST_MS, LATEST_MS, iso
from fanzha.base.errors import Malformed
from fanzha.read._arrow import ArrowColumn
from fanzha.read._convert.times import NOT_A_TIME, OUT_OF_RANGE_TIME, parse_durations, parse_timestamps
from fanzha.read._convert.zone import Zone, parse_skew

BEIJING = Zone("+08:00")


def moments(column: ArrowColumn, format_: str = "auto", zone: Zone = BEIJING, skew: int = 0) -> list[str | None]:
    values = parse_timestamps(column, format_, zone, skew).values.to_pylist()
    return [None if value is None else iso(value) for value in values]


def test_local_text_lies_in_the_zone_and_aware_text_does_not() -> None:
    column = pa.array(["2026-03-01 08:30:15", "2026-03-01T08:30:15Z", None, "NULL"])
    assert moments(column) == ["2026-03-01T00:30:15.000Z", "2026-03-01T08:30:15.000Z", None, None]


def test_summer_time_is_kept_by_named_zones() -> None:
    column = pa.array(["2026-03-28 12:00:00", "2026-03-30 12:00:00"])
    assert moments(column, zone=Zone("Europe/Berlin")) == ["2026-03-28T11:00:00.000Z", "2026-03-30T10:00:00.000Z"]


def test_china_needs_no_zone_table() -> None:
    assert Zone("Asia/Shanghai").offset_ms == 8 * 3_600_000
    assert Zone("UTC+8").offset_ms == Zone("+0800").offset_ms == 8 * 3_600_000


def test_a_time_that_the_clocks_skip_or_repeat_is_the_earliest_possible() -> None:
    column = pa.array(["2026-03-29 02:30:00", "2026-10-25 02:30:00"])
    assert moments(column, zone=Zone("Europe/Berlin")) == ["2026-03-29T00:59:59.999Z", "2026-10-25T00:30:00.000Z"]


@pytest.mark.parametrize("name", ["+14:00", "-12:00", "UTC+05:45"])
def test_offsets_in_use_are_accepted(name: str) -> None:
    assert Zone(name).offset_ms


@pytest.mark.parametrize("name", ["", "Mars/Base", "+8h", "CST6", "+15:00", "-99", "+08:60", "UTC+8:99"])
def test_a_wrong_zone_says_what_to_write(name: str) -> None:
    with pytest.raises(Malformed, match="Asia/Shanghai"):
        Zone(name)


def test_a_clock_that_is_ahead_is_set_back() -> None:
    column = pa.array(["2026-03-01 08:30:15"])
    assert moments(column, skew=parse_skew("3s")) == ["2026-03-01T00:30:12.000Z"]
    assert moments(column, skew=parse_skew("-2min")) == ["2026-03-01T00:32:15.000Z"]
    assert parse_skew("") == 0


def test_arrow_times_keep_their_zone_and_naive_ones_get_it() -> None:
    moment = datetime(2026, 3, 1, 8, 30, 15)
    assert moments(pa.array([moment, None])) == ["2026-03-01T00:30:15.000Z", None]
    assert moments(pa.array([moment.replace(tzinfo=UTC)], pa.timestamp("us", "UTC"))) == ["2026-03-01T08:30:15.000Z"]
    assert moments(pa.array([date(2026, 3, 1)])) == ["2026-02-28T16:00:00.000Z"]


def test_numbers_are_moments_too() -> None:
    assert moments(pa.array([1_772_323_815_123])) == ["2026-03-01T00:10:15.123Z"]
    assert moments(pa.array([1_772_323_815.0, float("nan")])) == ["2026-03-01T00:10:15.000Z", None]
    assert moments(pa.array(["1772323815"]), "epoch_s") == ["2026-03-01T00:10:15.000Z"]
    assert moments(pa.array(["12345", "x"]), "epoch_ms")[1] is None


def test_a_pattern_reads_what_nothing_else_can() -> None:
    assert moments(pa.array(["2026|060 08h30", "x", None]), "%Y|%j %Hh%M") == ["2026-03-01T00:30:00.000Z", None, None]


@pytest.mark.parametrize("cell", ["1989-12-31", "2100-01-02", "0001-01-01", "9999-12-31", "99999999999"])
def test_times_far_away_are_refused(cell: str) -> None:
    cells = parse_timestamps(pa.array([cell, "2026-03-01"]), "auto", Zone("UTC"), 0)
    assert cells.values.to_pylist()[0] is None
    assert [(found.tolist(), why in (OUT_OF_RANGE_TIME, NOT_A_TIME)) for found, why in cells.problems] == [
        ([True, False], True)
    ]
    assert EARLIEST_MS < cells.values.to_pylist()[1] < LATEST_MS


def test_arrow_times_far_away_are_refused_too() -> None:
    cells = parse_timestamps(pa.array([2**62], pa.timestamp("s")), "auto", BEIJING, 0)
    assert cells.values.to_pylist() == [None] and cells.problems


def test_durations_of_arrow_are_lengths_of_time() -> None:
    assert parse_durations(pa.array([75], pa.duration("s")), "s").values.to_pylist() == [75_000]
    assert parse_durations(pa.array([75], pa.time32("s")), "s").values.to_pylist() == [75_000]
    assert parse_durations(pa.array([1.5, None]), "min").values.to_pylist() == [90_000, None]


def test_thousands_of_seconds_may_be_set_apart() -> None:
    cells = parse_durations(pa.array(["1,234", "12,345.5", "1,234秒", "1,23", "1,2,3"]), "s")
    assert cells.values.to_pylist() == [1_234_000, 12_345_500, 1_234_000, None, None]
