"""The stability index follows its formula, and a shift passes the customary limit and chance."""

import numpy as np
import pytest

from fanzha.learn.drift import Shift, bin_counts, chance_limit, classify_shift, quantile_edges, stability_index


def test_the_index_is_that_of_the_formula() -> None:
    current, reference = np.array([500, 500]), np.array([250, 750])
    expected = (0.5 - 0.25) * np.log(0.5 / 0.25) + (0.5 - 0.75) * np.log(0.5 / 0.75)
    assert stability_index(current * 1_000, reference * 1_000) == pytest.approx(expected, abs=1e-5)
    assert stability_index(current, current) == 0


def test_an_empty_bin_gives_a_number() -> None:
    assert 0 < stability_index(np.array([100, 0]), np.array([50, 50])) < 10


def test_bins_hold_equal_shares_of_the_reference_and_equal_scores_stay_together() -> None:
    reference = np.arange(1_000) / 1_000
    assert bin_counts(reference, quantile_edges(reference)).tolist() == [100] * 10
    same = np.full(50, 0.7)
    assert bin_counts(same, quantile_edges(same)).sum() == 50


def test_chance_exceeds_the_limit_once_in_twenty() -> None:
    rng = np.random.default_rng(0)
    drawn = [rng.multinomial(size, [0.1] * 10, 2_000) for size in (400, 800)]
    indices = [stability_index(now, before) for now, before in zip(*drawn, strict=True)]
    assert 0.03 < np.mean(np.array(indices) > chance_limit(10, 400, 800)) < 0.08


def test_a_shift_passes_both_limits() -> None:
    assert classify_shift(0.3, 10, 5_000, 5_000) is Shift.LARGE
    assert classify_shift(0.12, 10, 5_000, 5_000) is Shift.MODERATE
    assert classify_shift(0.12, 10, 120, 5_000) is Shift.NONE  # chance alone exceeds 0.144 once in twenty
    assert classify_shift(0.05, 10, 5_000, 5_000) is Shift.NONE
    assert classify_shift(3.0, 10, 99, 5_000) is Shift.TOO_FEW
    assert chance_limit(1, 100, 100) == 0
