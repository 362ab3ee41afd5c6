"""Times are exact milliseconds in UTC, whatever zone they were written in."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.clock import EARLIEST_MS, LATEST_MS, from_ms, iso, moment_ms, span_ms, to_ms
from fanzha.base.errors import Malformed

MOMENT_MS = st.integers(EARLIEST_MS, LATEST_MS)
OFFSET = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENT_MS)
def test_milliseconds_survive_the_way_to_a_moment_and_back(ms: int) -> None:
    assert to_ms(from_ms(ms)) == ms


@given(MOMENT_MS)
def test_iso_text_reads_back_to_the_same_milliseconds(ms: int) -> None:
    assert moment_ms(iso(ms)) == ms


@given(MOMENT_MS, OFFSET)
def test_the_zone_a_moment_is_written_in_does_not_matter(ms: int, zone: timezone) -> None:
    assert moment_ms(from_ms(ms).astimezone(zone).isoformat()) == ms


@given(MOMENT_MS, OFFSET)
def test_a_moment_without_zone_lies_in_the_zone_given(ms: int, zone: timezone) -> None:
    local = from_ms(ms).astimezone(zone).replace(tzinfo=None)
    assert moment_ms(local.isoformat(), zone) == ms


def test_microseconds_are_cut_not_rounded() -> None:
    assert to_ms(datetime(2026, 3, 1, 0, 0, 0, 999_999, tzinfo=UTC)) == moment_ms("2026-03-01T00:00:00.999Z")


def test_a_date_alone_is_its_first_moment() -> None:
    assert moment_ms("2026-03-01", ZoneInfo("Asia/Shanghai")) == moment_ms("2026-02-28T16:00:00Z")


def test_iso_writes_milliseconds_and_a_z() -> None:
    assert iso(1_772_323_200_000) == "2026-03-01T00:00:00.000Z"


def test_the_bounds_are_what_their_comments_say() -> None:
    assert (iso(EARLIEST_MS), iso(LATEST_MS)) == ("1990-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("text", "ms"),
    [("250ms", 250), ("90s", 90_000), ("15 min", 900_000), ("15m", 900_000), ("1.5h", 5_400_000), ("7d", 604_800_000)],
)
def test_spans_are_read_as_people_write_them(text: str, ms: int) -> None:
    assert span_ms(text) == ms


@pytest.mark.parametrize("text", ["", "7", "7 weeks", "-1h", "1h30m", "h"])
def test_a_text_that_is_no_span_is_refused_with_the_right_form(text: str) -> None:
    with pytest.raises(Malformed, match="write 90s"):
        span_ms(text)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-02-30", "99999-01-01"])
def test_a_text_that_is_no_moment_is_refused_with_the_right_form(text: str) -> None:
    with pytest.raises(Malformed, match="write 2026-03-01"):
        moment_ms(text)
