"""Kappa and its interval are those of the literature; a weighted share follows the strata; draws repeat."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import UsageError
from fanzha.learn.agreement import Stratum, allocate, cohen_kappa, draw_stratified, weighted_share


def test_kappa_is_that_of_a_worked_example() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, by chance 0.5
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    kappa = cohen_kappa(first, second)
    assert (kappa.rows, kappa.agreed) == (50, 35) and kappa.value == pytest.approx(0.4)
    assert kappa.low is not None and kappa.high is not None and kappa.low < 0.2 < 0.6 < kappa.high


def test_the_interval_of_kappa_holds_the_true_value_in_nineteen_of_twenty_samples() -> None:
    rng, cells, hits = np.random.default_rng(2), [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], 0
    for _ in range(300):
        drawn = [cells[number] for number in rng.choice(4, 150, p=[0.4, 0.1, 0.2, 0.3])]
        kappa = cohen_kappa([first for first, _ in drawn], [second for _, second in drawn])
        hits += kappa.low is not None and kappa.high is not None and kappa.low <= 0.4 <= kappa.high
    assert 0.92 < hits / 300 < 0.98


def test_markers_who_agree_on_all_have_kappa_1_and_on_one_mark_alone_none() -> None:
    assert cohen_kappa(["a", "b"] * 9, ["a", "b"] * 9)[2:] == (1, 1, 1)
    assert cohen_kappa(["a"] * 9, ["a"] * 9).value is None


def test_markers_who_guess_have_kappa_near_0() -> None:
    rng = np.random.default_rng(0)
    first, second = (rng.choice(["a", "b", "c"], 2_000).tolist() for _ in range(2))
    kappa = cohen_kappa(first, second)
    assert kappa.low is not None and kappa.high is not None and kappa.low < 0 < kappa.high < 0.1


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=12), st.integers(12, 3_000))
def test_a_sample_has_its_size_and_no_stratum_more_than_it_holds(populations: list[int], size: int) -> None:
    drawn = allocate(populations, size)
    assert sum(drawn) == min(size, sum(populations))
    assert all(0 < count <= population for count, population in zip(drawn, populations, strict=True))


def test_small_strata_get_their_floor_and_large_ones_the_rest() -> None:
    assert allocate([10_000, 40, 3], 200) == [186, 11, 3]
    with pytest.raises(UsageError, match="3 strata"):
        allocate([5, 5, 5], 2)


def test_the_same_seed_draws_the_same_rows_and_another_one_others() -> None:
    strata = np.repeat([0, 1], [900, 100])
    rows, again, others = (draw_stratified(strata, 100, seed=seed).tolist() for seed in (7, 7, 8))
    assert rows == again != others
    assert len(set(rows)) == 100 and 10 <= np.count_nonzero(strata[rows] == 1) <= 30


def test_a_share_is_weighted_by_the_population() -> None:
    share = weighted_share([Stratum(900, 50, 50), Stratum(100, 50, 0), Stratum(7, 0, 0)])
    assert share is not None and share.value == pytest.approx(0.9)
    assert share.effective == pytest.approx(1 / (0.81 / 50 + 0.01 / 50)) and share.low < 0.9 < share.high
    assert weighted_share([Stratum(10, 0, 0)]) is None


def test_the_interval_holds_the_true_share_in_nineteen_of_twenty_samples() -> None:
    rng, hits = np.random.default_rng(1), 0
    for _ in range(400):
        counted = rng.binomial(60, 0.95), rng.binomial(40, 0.5)
        share = weighted_share([Stratum(8_000, 60, int(counted[0])), Stratum(2_000, 40, int(counted[1]))])
        hits += share is not None and share.low <= 0.8 * 0.95 + 0.2 * 0.5 <= share.high
    assert hits / 400 > 0.93
