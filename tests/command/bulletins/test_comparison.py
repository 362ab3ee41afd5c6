"""Intervals, changes and places: nobody is ranked under 30 cases, and overlapping intervals are no order."""

import pytest

from fanzha.command.bulletins.comparison import Places, difference_interval, rank_places, share_of
from fanzha.command.bulletins.measures import Count, Direction


def test_a_share_has_its_interval_and_no_cases_have_no_share() -> None:
    share = share_of(Count(81, 263))
    assert share is not None and (round(share.low, 4), round(share.high, 4)) == (
        0.2553,
        0.3662,
    )  # Newcombe 1998, Wilson
    assert share_of(Count(0, 0)) is None


def test_the_interval_of_a_difference_is_newcombes() -> None:
    interval = difference_interval(Count(56, 70), Count(48, 80))  # Newcombe 1998, table II, method 10
    assert interval is not None and (round(interval.low, 4), round(interval.high, 4)) == (0.0524, 0.3339)
    assert difference_interval(Count(1, 1), Count(0, 0)) is None


def test_a_company_is_ahead_only_if_its_whole_interval_is_better() -> None:
    counts = {"good": Count(98, 100), "middle": Count(95, 100), "bad": Count(40, 100)}
    assert rank_places(counts, Direction.HIGH) == {
        "good": Places(1, 2),
        "middle": Places(1, 2),
        "bad": Places(3, 3),
    }
    assert rank_places(counts, Direction.LOW)["bad"] == Places(1, 1)


@pytest.mark.parametrize("direction", Direction)
def test_nobody_is_ranked_with_fewer_than_30_cases_nor_alone(direction: Direction) -> None:
    counts = {"small": Count(29, 29), "large": Count(10, 30)}
    assert rank_places(counts, direction) == {}
    assert "small" not in rank_places(counts | {"other": Count(30, 30)}, direction)


def test_no_place_where_neither_direction_is_good() -> None:
    assert rank_places({"a": Count(98, 100), "b": Count(40, 100)}, Direction.NEITHER) == {}
