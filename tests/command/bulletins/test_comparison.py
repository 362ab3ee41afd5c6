"""Intervals, changes and places: nobody is ranked without enough cases, and overlapping intervals are no order."""

import pytest

from fanzha.command.bulletins.comparison import Places, difference_interval, is_comparable, rank_places
from fanzha.command.bulletins.stated_figures import StatedFigure
from fanzha.learn.intervals import poisson_interval, wilson_interval


def share(part: int, whole: int, measure: str = "report_settled") -> StatedFigure:
    """A share in per cent with its interval."""
    bounds = wilson_interval(part / whole, whole)
    return StatedFigure(measure, part, whole, whole, 100 * part / whole, 100 * bounds.low, 100 * bounds.high)


def rate(cases: int, subscribers: int) -> StatedFigure:
    """A rate per million with its interval."""
    bounds = poisson_interval(cases)
    value, low, high = (1e6 * number / subscribers for number in (cases, bounds.low, bounds.high))
    return StatedFigure("reports_per_million", cases, subscribers, cases, value, low, high)


def test_the_interval_of_a_difference_is_newcombes() -> None:
    interval = difference_interval(share(56, 70), share(48, 80))  # Newcombe 1998, table II, method 10
    assert interval is not None and (round(interval.low, 2), round(interval.high, 2)) == (5.24, 33.39)
    assert difference_interval(share(1, 1), None) is None
    assert difference_interval(share(1, 1), StatedFigure("report_settled", 0, 0, 0)) is None


def test_rates_are_compared_in_their_unit_and_need_enough_cases() -> None:
    now, before = rate(60, 1_000_000), rate(30, 1_000_000)
    interval = difference_interval(now, before)
    assert interval is not None and 0 < interval.low < 30 < interval.high and is_comparable(now, before)
    assert not is_comparable(rate(29, 1_000), before) and not is_comparable(now, None)


def test_a_company_is_ahead_only_if_its_whole_interval_is_better() -> None:
    figures = {"good": share(98, 100), "middle": share(95, 100), "bad": share(40, 100)}
    assert rank_places(figures, "up") == {"good": Places(1, 2), "middle": Places(1, 2), "bad": Places(3, 3)}
    assert rank_places(figures, "down")["bad"] == Places(1, 1)


@pytest.mark.parametrize("direction", ["up", "down", ""])
def test_nobody_is_ranked_with_fewer_than_30_cases_nor_alone(direction: str) -> None:
    figures = {"small": share(29, 29), "large": share(10, 30)}
    assert rank_places(figures, direction) == {}
    assert "small" not in rank_places(figures | {"other": share(30, 30)}, direction)


def test_no_place_where_neither_direction_is_good() -> None:
    assert rank_places({"a": share(98, 100), "b": share(40, 100)}, "") == {}
