"""A logistic regression learns weights on the features as they come, both labels weighing the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fanzha.learn.logistic import fit_logistic, log_odds, to_probabilities


def test_the_feature_that_tells_gets_the_weight_whatever_its_scale() -> None:
    chance = np.random.default_rng(0)
    rows = chance.normal(5, 1, (400, 3)) * [1, 1_000, 1]
    labels = (rows[:, 1] > 5_000).astype(np.int64)
    fitted = fit_logistic(rows, labels, cost=1.0)
    assert ((fitted.log_odds(rows) > 0) == labels).mean() > 0.97
    assert abs(fitted.weights[1]) * 1_000 > 10 * abs(fitted.weights[[0, 2]]).max()


def test_a_rare_label_weighs_as_much_as_a_common_one() -> None:
    rows = np.array([[0.0]] * 95 + [[1.0]] * 5)
    fitted = fit_logistic(rows, (rows[:, 0] > 0).astype(np.int64), cost=1.0)
    low, high = fitted.log_odds(np.array([[0.0], [1.0]]))
    assert low < 0 < high


def test_a_row_counts_by_its_weight() -> None:
    rows, labels = np.array([[0.0], [0.0], [1.0], [1.0]]), np.array([0, 1, 1, 0])
    trusted = fit_logistic(rows, labels, cost=10.0, row_weights=np.array([5.0, 1.0, 5.0, 1.0]))
    assert trusted.weights[0] > 0.5


@given(st.floats(1e-6, 1 - 1e-6))
def test_log_odds_and_shares_are_each_others_inverse(share: float) -> None:
    assert np.isclose(to_probabilities(log_odds(np.array([share])))[0], share, rtol=1e-6)


def test_certain_shares_have_finite_odds() -> None:
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()
