"""Figures are those of scikit-learn, those worked out by hand, and None where the test is too small for them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score, roc_curve

from fanzha.base.errors import UsageError
from fanzha.learn.metrics import RATES, Top, build_curve, figures, flat, recall_at, threshold_at
from fanzha.learn.resample import Floats


def tied_scores(seed: int, rows: int, steps: int) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Floats]:
    chance = np.random.default_rng(seed)
    labels = np.r_[0, 1, chance.integers(0, 2, rows - 2)]
    return labels, np.round((chance.random(rows) + 0.3 * labels) / 1.3 * steps) / steps


@given(st.integers(0, 1_000), st.integers(2, 300), st.integers(2, 50))
def test_figures_equal_those_of_scikit_learn(seed: int, rows: int, steps: int) -> None:
    labels, scores = tied_scores(seed, rows, steps)
    found = figures(labels, scores, samples=0)
    called = scores >= 0.5
    expected = {
        "auc": roc_auc_score(labels, scores),
        "f1": f1_score(labels, called, zero_division=0),
        "macro_f1": f1_score(labels, called, average="macro", zero_division=0),
        "recall": recall_score(labels, called),
    }
    for name, value in expected.items():
        assert found[name].value == pytest.approx(value, abs=1e-12), name
    if called.any():
        assert found["precision"].value == pytest.approx(precision_score(labels, called))


@given(st.integers(0, 1_000), st.integers(250, 2_000), st.sampled_from([5, 50, 10_000]))
def test_recall_at_a_false_alarm_rate_is_the_best_point_of_the_roc_curve(seed: int, rows: int, steps: int) -> None:
    labels, scores = tied_scores(seed, rows, steps)
    alarms, caught, _ = roc_curve(labels, scores, drop_intermediate=False)
    found = figures(labels, scores, samples=0)["recall_at_1pct"]
    if (labels == 0).sum() >= 100:
        assert found.value == pytest.approx(caught[alarms <= 0.01 + 1e-12].max())
    else:
        assert found.value is None


@given(st.integers(0, 500))
def test_weights_count_as_repeated_rows(seed: int) -> None:
    labels, scores = tied_scores(seed, 60, 10)
    weights = np.random.default_rng(seed).integers(0, 4, 60)
    if not (weights[labels == 1].sum() and weights[labels == 0].sum()):
        return
    curve, repeated = build_curve(labels, scores), np.repeat(np.arange(60), weights)
    many = build_curve(labels[repeated], scores[repeated])
    for rate in (0.05, 0.3):
        one = np.ones((1, len(repeated)))
        assert recall_at(curve, rate, weights[None].astype(float)) == pytest.approx(recall_at(many, rate, one))


def test_innocents_of_one_score_are_alarmed_together() -> None:
    labels = np.repeat([1, 0, 1, 0], [10, 2, 10, 98])
    scores = np.repeat([0.9, 0.8, 0.7, 0.1], [10, 2, 10, 98])
    found = figures(labels, scores, samples=0)
    assert found["recall_at_1pct"].value == 0.5  # one false alarm is allowed, but the two come together
    assert found["f1"].value == pytest.approx(2 * 20 / (20 + 22))


def test_too_small_a_test_gives_no_recall_but_the_reason() -> None:
    labels = np.repeat([1, 0], [50, 999])
    found = figures(labels, np.linspace(1, 0, 1_049), samples=10)
    assert found["recall_at_1pct"].value == 1
    assert found["recall_at_0.1pct"] == (None, None, None, "needs 1,000 innocent rows, the test has 999")
    assert "recall_at_0.01pct" in found


def test_frauds_alone_give_recall_and_nothing_that_needs_innocents() -> None:
    found = figures(np.ones(4), np.array([0.9, 0.6, 0.5, 0.4]), samples=20)
    assert found["recall"].value == 0.75
    assert found["auc"].value is None and all(found[name].value is None for name in RATES)


def test_precision_at_the_top_by_hand() -> None:
    labels, scores = np.repeat([1, 0, 1, 0], [5, 5, 5, 85]), np.arange(100, 0, -1) / 100
    assert figures(labels, scores, top=Top(10), samples=0)["precision_at_top"].value == pytest.approx(0.5)
    # At 1 % fraud a hundred rows hold one fraud, a tenth in each of ours, and 1.1 innocents in each of ours.
    rare = figures(labels, scores, top=Top(6, 0.01), samples=0)["precision_at_top"].value
    assert rare == pytest.approx(5 * 0.1 / (5 * 0.1 + 5 * 1.1))


def test_precision_at_the_top_counts_equal_scores_in_part() -> None:
    labels, scores = np.repeat([1, 0], [3, 7]), np.full(10, 0.5)
    assert figures(labels, scores, top=Top(4), samples=0)["precision_at_top"].value == pytest.approx(0.3)


@pytest.mark.parametrize("top", [Top(0), Top(11), Top(5, 0.0), Top(5, 1.0)])
def test_impossible_top_is_refused(top: Top) -> None:
    with pytest.raises(UsageError):
        figures(np.arange(10) % 2, np.linspace(0, 1, 10), top=top, samples=0)


def test_intervals_hold_the_figure_and_come_back_the_same() -> None:
    labels, scores = tied_scores(3, 600, 10_000)
    first, second = (figures(labels, scores, samples=300) for _ in range(2))
    assert first == second
    for name in ("auc", "f1", "macro_f1", "recall_at_1pct"):
        value, low, high, _ = first[name]
        assert value is not None and low is not None and high is not None
        assert low <= value <= high and low < high


@given(st.integers(0, 200), st.sampled_from([0.01, 0.05, 0.2]))
def test_threshold_keeps_the_false_alarms_it_promises(seed: int, rate: float) -> None:
    scores = np.round(np.random.default_rng(seed).random(500), 2)
    threshold = threshold_at(scores, rate)
    assert (scores >= threshold).mean() <= rate
    assert (scores >= np.nextafter(threshold, -np.inf)).mean() > rate


def test_threshold_needs_innocents() -> None:
    with pytest.raises(UsageError, match="needs 1,000 innocent rows, the test has 500"):
        threshold_at(np.zeros(500), 0.001)


def test_scores_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(UsageError):
        figures(np.array([0, 1]), np.array([0.1, np.nan]))


def test_json_keys_are_figure_interval_and_reason() -> None:
    labels, scores = tied_scores(1, 200, 50)
    keys = flat(figures(labels, scores, samples=20))
    low, high = keys["auc_ci95"] if isinstance(keys["auc_ci95"], list) else (1, 0)
    assert isinstance(keys["auc"], float) and low <= keys["auc"] <= high
    assert keys["recall_at_0.01pct"] is None and keys["recall_at_0.01pct_ci95"] is None
    assert "10,000" in str(keys["recall_at_0.01pct_reason"])
