"""Times are read as people and machines write them, and nothing else is taken for one."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.clock import iso, moment_ms, to_ms
from fanzha.base.kernels import interpreted
from fanzha.read._convert import timestamps_kernel
from fanzha.read._convert.times import text_buffers
from fanzha.read._convert.timestamps_kernel import (
    AMBIGUOUS,
    AWARE,
    BAD,
    DAY_FIRST,
    EMPTY,
    LOCAL,
    MONTH_FIRST,
    UNKNOWN_ORDER,
    YEAR_FIRST,
)


def read(cells: list[str], order: int = UNKNOWN_ORDER) -> list[tuple[int, int]]:
    """Read cells by the compiled kernel and by the function behind it, which must agree."""
    data, offsets = text_buffers(pa.array(cells, pa.large_string()))
    out, what = np.empty(len(cells), np.int64), np.empty(len(cells), np.uint8)
    timestamps_kernel.read_timestamps(data, offsets, order, out, what)
    compiled_result = list(zip(out.tolist(), what.tolist(), strict=True))
    with np.errstate(over="ignore"):
        interpreted(timestamps_kernel.read_timestamps)(data.tobytes(), offsets.tolist(), order, out, what)
    assert list(zip(out.tolist(), what.tolist(), strict=True)) == compiled_result
    return compiled_result


def local(cell: str, order: int = UNKNOWN_ORDER) -> str:
    ((moment, what),) = read([cell], order)
    assert what == LOCAL, cell
    return iso(moment).removesuffix("Z")


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-03-01 08:30:15.123", "2026-03-01T08:30:15.123"),
        ("2026/3/1 8:30", "2026-03-01T08:30:00.000"),
        ("2026.03.01 08:30:15", "2026-03-01T08:30:15.000"),
        ("2026年3月1日 8时30分15秒", "2026-03-01T08:30:15.000"),
        ("2026年3月1日下午8:30", "2026-03-01T20:30:00.000"),
        ("2026年3月1日上午12:05", "2026-03-01T00:05:00.000"),
        ("20260301083015", "2026-03-01T08:30:15.000"),
        ("20260301083015123", "2026-03-01T08:30:15.123"),
        ("202603010830", "2026-03-01T08:30:00.000"),
        ("2026030108", "2026-03-01T08:00:00.000"),
        ("20260301", "2026-03-01T00:00:00.000"),
        ("20260301 083015", "2026-03-01T08:30:15.000"),
        ("20260301 08:30:15", "2026-03-01T08:30:15.000"),
        ("2026-03-01-08-30-15", "2026-03-01T08:30:15.000"),
        ("2026-03-01-08.30.15.000000", "2026-03-01T08:30:15.000"),
        ("01-MAR-26 08.30.15.000000 PM", "2026-03-01T20:30:15.000"),
        ("01-3月 -26 08.30.15 下午", "2026-03-01T20:30:15.000"),
        ("01-3月 -26 12.30.15.123456 上午", "2026-03-01T00:30:15.123"),
        ("15-12月-25", "2025-12-15T00:00:00.000"),
        ("31-10月-2025 23:59:59", "2025-10-31T23:59:59.000"),
        ("26年3月1日 8时30分", "2026-03-01T08:30:00.000"),
        ("1 March 2026 08:30", "2026-03-01T08:30:00.000"),
        ("Sun Mar  1 08:30:15 2026", "2026-03-01T08:30:15.000"),
        ("26-03-01 08:30:15", "2026-03-01T08:30:15.000"),
        ("46082.354340", "2026-03-01T08:30:15.000"),
        ("46082", "2026-03-01T00:00:00.000"),
        ("2028-02-29", "2028-02-29T00:00:00.000"),
    ],
)
def test_a_written_time_is_understood(cell: str, moment: str) -> None:
    assert local(cell) == moment


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-03-01T08:30:15Z", "2026-03-01T08:30:15.000Z"),
        ("2026-03-01T08:30:15.5+08:00", "2026-03-01T00:30:15.500Z"),
        ("2026-03-01T08:30:15+0800", "2026-03-01T00:30:15.000Z"),
        ("2026-03-01 08:30:15 -05:30", "2026-03-01T14:00:15.000Z"),
        ("20260301083015+0800", "2026-03-01T00:30:15.000Z"),
        ("Sun, 1 Mar 2026 08:30:15 GMT", "2026-03-01T08:30:15.000Z"),
        ("1772323815", "2026-03-01T00:10:15.000Z"),
        ("1772323815.25", "2026-03-01T00:10:15.250Z"),
        ("1772323815123", "2026-03-01T00:10:15.123Z"),
        ("1772323815123456", "2026-03-01T00:10:15.123Z"),
        ("1772323815123456789", "2026-03-01T00:10:15.123Z"),
    ],
)
def test_a_time_with_a_zone_or_since_1970_is_utc(cell: str, moment: str) -> None:
    ((found, what),) = read([cell])
    assert (what, iso(found)) == (AWARE, moment)


@pytest.mark.parametrize(
    "cell",
    ["2026-02-30", "2026-13-01", "2026-03-01 25:00:00", "NaN", "inf", "1.77E+12", "-1", "08:30:15", "08:03:15", "昨天",
     "x" * 65, "99999999999999", "1772323815123456789012", "2026-03-01T08:30:15+99:00", "0", "12345",
     "2026-03-01 08:30:15 foo"],
)  # fmt: skip
def test_what_is_no_time_is_bad(cell: str) -> None:
    assert read([cell]) == [(0, BAD)]


def test_an_empty_cell_is_empty() -> None:
    assert read(["", "2026-03-01"])[0] == (0, EMPTY)


def test_day_and_month_change_places_by_order() -> None:
    assert local("03/01/2026 08:30", DAY_FIRST) == "2026-01-03T08:30:00.000"
    assert local("03/01/2026 08:30", MONTH_FIRST) == "2026-03-01T08:30:00.000"
    assert read(["13/01/2026"], MONTH_FIRST) == [(0, BAD)]


@pytest.mark.parametrize("cell", ["15-12-25", "01-03-26 08:30:15", "26/03/25", "1.3.26", "05-03-12"])
def test_three_short_numbers_are_a_date_only_when_told_in_which_order(cell: str) -> None:
    assert read([cell]) == [(0, AMBIGUOUS)]
    assert read([cell], YEAR_FIRST)[0][1] == LOCAL


def test_two_signs_of_a_year_stand_where_the_order_says() -> None:
    assert local("15-12-25", YEAR_FIRST) == "2015-12-25T00:00:00.000"
    assert local("15-12-25", DAY_FIRST) == "2025-12-15T00:00:00.000"
    assert local("15-12月-25", MONTH_FIRST) == "2025-12-15T00:00:00.000"


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)))
def test_every_moment_written_in_every_way_comes_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)
    written = [moment.isoformat(" ", "milliseconds"), f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1_000:03}"]
    written += [f"{moment:%Y年%m月%d日%H时%M分%S}.{moment.microsecond // 1_000:03}秒"]
    expected = to_ms(moment.replace(tzinfo=UTC))
    assert read(written) == [(expected, LOCAL)] * len(written)


@given(st.lists(st.text(max_size=40), max_size=20))
def test_any_text_is_a_moment_or_bad_and_never_an_exception(cells: list[str]) -> None:
    clean = [cell.encode("utf-8", "replace").decode() for cell in cells]
    assert all(what in (LOCAL, AWARE, BAD, EMPTY, AMBIGUOUS) for _, what in read(clean))


def test_a_day_is_counted_as_the_calendar_counts() -> None:
    day = datetime(1990, 1, 1, tzinfo=UTC)
    for step in range(0, 40_000, 37):
        one = day + timedelta(days=step)
        assert timestamps_kernel.days_from_civil(one.year, one.month, one.day) == to_ms(one) // 86_400_000
    assert moment_ms("1970-01-01") == 0
