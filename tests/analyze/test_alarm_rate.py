"""Rates are per million lines a day, with exact intervals; lines and days come from the records."""

import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.analyze.alarm_rate import DAY_MS, AlarmExposure, AlarmRate, alarm_rate, measure_exposure, poisson_interval

START = 1_772_294_400_000  # midnight in China
HOUR = 3_600_000


def table(folder: Path, name: str, moments: list[int], **columns: list[str | None]) -> dict[str, Path]:
    arrays = {key: pa.array(values, pa.string()) for key, values in columns.items()}
    pq.write_table(pa.table({"occurred_at": pa.array(moments, pa.int64()), **arrays}), folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet"}


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (100, 81.3636, 121.6270)],
)
def test_the_interval_is_that_of_published_tables(count: int, low: float, high: float) -> None:
    assert list(poisson_interval(count)) == pytest.approx([low, high], abs=1e-3)


@given(st.integers(1, 2_000))
def test_the_interval_holds_the_count_and_its_tails_are_a_fortieth_each(count: int) -> None:
    low, high = poisson_interval(count)
    assert low < count < high
    below = sum(math.exp(n * math.log(high) - high - math.lgamma(n + 1)) for n in range(count + 1))
    above = 1 - sum(math.exp(n * math.log(low) - low - math.lgamma(n + 1)) for n in range(count))
    assert below == pytest.approx(0.025, rel=1e-6) and above == pytest.approx(0.025, rel=1e-4)


def test_three_alarms_on_half_a_million_lines_in_two_days_are_three_per_million_a_day() -> None:
    rate = alarm_rate(3, AlarmExposure(500_000, 2.0, "given"))
    assert rate.per_million_a_day == pytest.approx(3.0)
    assert rate.text() == "3 (0.62–8.8)"


def test_without_lines_the_rate_is_unknown_and_not_zero() -> None:
    assert alarm_rate(3, None) == AlarmRate(3) and AlarmRate(3).text() == "–"


def test_proven_numbers_are_the_lines_and_each_day_counts_from_first_to_last_event(tmp_path: Path) -> None:
    moments = [START, START + 12 * HOUR, START + DAY_MS, START + DAY_MS + 6 * HOUR]
    tables = table(
        tmp_path,
        "call_offered",
        moments,
        proven_caller=["+8617000000001", "+8617000000001", "+8617000000002", None],
        caller=["+8617000000001", "+8617000000001", "+8617000000002", "+442079460001"],
        callee=["+8617000000003"] * 4,
    )
    assert measure_exposure(tables, tmp_path) == AlarmExposure(2, 0.75, "proven")


def test_without_proven_numbers_all_home_numbers_count_and_a_stray_day_adds_nothing(tmp_path: Path) -> None:
    moments = [0, START, START + 12 * HOUR]
    tables = table(
        tmp_path,
        "message",
        moments,
        sender=["106900000001", "+8617000000001", "+442079460001"],
        recipient=["+8617000000003"] * 3,
    )
    assert measure_exposure(tables, tmp_path) == AlarmExposure(2, 0.5, "parties")
    assert measure_exposure(tables, tmp_path, lines=9) == AlarmExposure(9, 0.5, "given")


def test_records_of_one_moment_have_no_rate(tmp_path: Path) -> None:
    assert measure_exposure(table(tmp_path, "sim_use", [START], number=["+8617000000001"]), tmp_path) is None
