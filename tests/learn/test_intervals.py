"""Intervals are those of the published tables, and exact ones cover what they promise."""

import math

import pytest

from fanzha.learn.intervals import exact_interval, poisson_interval, rate_ratio, wilson_interval


def test_exact_intervals_are_those_of_clopper_and_pearson() -> None:
    assert exact_interval(0, 10) == pytest.approx((0, 0.3085), abs=1e-4)
    assert exact_interval(3, 10) == pytest.approx((0.0667, 0.6525), abs=1e-4)
    assert exact_interval(10, 10) == pytest.approx((0.6915, 1), abs=1e-4)
    assert exact_interval(0, 0) == (0, 1)


def test_wilson_is_inside_the_exact_interval_and_takes_an_effective_size() -> None:
    assert wilson_interval(0.3, 10) == pytest.approx((0.1078, 0.6032), abs=1e-4)
    assert wilson_interval(1.0, 0) == (0, 1)
    assert wilson_interval(0.5, 12.5).low > wilson_interval(0.5, 10).low


def test_many_trials_do_not_take_long_and_agree_with_wilson() -> None:
    assert exact_interval(30, 4_999) == pytest.approx(wilson_interval(30 / 4_999, 4_999), abs=6e-4)
    assert exact_interval(300, 100_000) == wilson_interval(0.003, 100_000)


def test_the_ratio_of_rates_is_by_exposure() -> None:
    ratio = rate_ratio(20, 30, 20, 60)
    assert ratio.value == 2 and 1 < ratio.low < 2 < (ratio.high or 0) < 4


def test_without_earlier_alarms_the_ratio_has_a_lower_bound_only() -> None:
    ratio = rate_ratio(5, 1, 0, 3)
    assert ratio.value is None and ratio.high is None and 2 < ratio.low < math.inf
    assert rate_ratio(0, 1, 0, 1)[:2] == (None, 0)


def test_poisson_intervals_are_those_of_garwood() -> None:
    assert poisson_interval(0) == pytest.approx((0.0, 3.6889), abs=1e-4)
    assert poisson_interval(10) == pytest.approx((4.7954, 18.3904), abs=1e-4)
    exact, approximate = poisson_interval(5_000), poisson_interval(5_001)
    assert approximate == pytest.approx(exact, rel=1e-3) and approximate.low > exact.low
