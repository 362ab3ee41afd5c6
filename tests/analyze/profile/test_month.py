"""Months end with the calls, never overlap, and are left out where too few of their days are known."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from fanzha.analyze.profile.month import DAYS, MIN_DAYS, CallHistory, ProfileMonth, call_history, day_start, time_range
from fanzha.base.clock import moment_ms
from fanzha.windows import CHINA_MS, DAY_MS

MIDNIGHT = moment_ms("2026-03-01T00:00:00+08:00")


def known(days: float) -> CallHistory:
    """A history of so many days from a midnight on."""
    last = MIDNIGHT + round(days * DAY_MS) - 1
    return CallHistory(MIDNIGHT, last, last)


def test_a_month_is_30_days_in_china() -> None:
    month = ProfileMonth(moment_ms("2026-03-31T00:00:00+08:00"), 0)
    assert month.begin == moment_ms("2026-03-01T00:00:00+08:00")
    assert month.days == ("2026-03-01", "2026-03-30")


def test_28_days_make_a_month_and_fewer_none() -> None:
    assert [month.days for month in known(28).months()] == [("2026-02-27", "2026-03-28")]
    assert known(27).months() == []
    assert [len(known(days).months()) for days in (57, 58, 60, 87, 88)] == [1, 2, 2, 2, 3]


def test_a_profile_is_of_the_last_moment_that_was_seen() -> None:
    month, last = known(60).months()
    assert month.at == month.end - 1 and last.at == known(60).last_known
    (cut,) = CallHistory(MIDNIGHT, MIDNIGHT + 29 * DAY_MS, MIDNIGHT + 29 * DAY_MS + 5).months()
    assert cut.at == MIDNIGHT + 29 * DAY_MS + 5 < cut.end


@given(st.integers(0, 2**41), st.integers(0, 200 * DAY_MS), st.integers(0, 2 * DAY_MS))
def test_months_are_apart_in_order_and_filled(first: int, length: int, after: int) -> None:
    months = CallHistory(first, first + length, first + length + after).months()
    assert all(one.end == other.begin for one, other in zip(months, months[1:], strict=False))
    for month in months:
        assert (month.end + CHINA_MS) % DAY_MS == 0 and month.end - month.begin == DAYS * DAY_MS
        assert month.begin <= month.at < month.end
        assert month.end - day_start(first) >= MIN_DAYS * DAY_MS
    assert not months or months[-1].end - DAY_MS == day_start(first + length)


def events(path: Path, *moments: int) -> Path:
    pq.write_table(pa.table({"occurred_at": pa.array(moments, pa.int64())}), path)
    return path


def test_history_reaches_from_the_first_offer_to_the_last_and_knows_later_ends(tmp_path: Path) -> None:
    offered, ended = events(tmp_path / "offered", 10, 20), events(tmp_path / "ended", 15, 30)
    assert call_history({"call_offered": offered, "call_ended": ended}) == CallHistory(10, 20, 30)


def test_without_calls_or_their_ends_there_is_no_history(tmp_path: Path) -> None:
    offered = events(tmp_path / "offered", 10)
    assert call_history({}) is call_history({"call_offered": offered}) is None
    assert call_history({"call_offered": offered, "call_ended": events(tmp_path / "none")}) is None
    assert time_range(offered) == (10, 10)
