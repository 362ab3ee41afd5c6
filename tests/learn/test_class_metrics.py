"""Figures over classes are those of scikit-learn, unknown and absent classes included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from fanzha.learn.class_metrics import class_figures

CLASSES = ("fake_loan", "normal", "prize")


@given(st.integers(0, 500), st.integers(5, 200))
def test_figures_equal_those_of_scikit_learn(seed: int, rows: int) -> None:
    chance = np.random.default_rng(seed)
    labels = np.array([*CLASSES, *chance.choice(CLASSES, rows - 3)], object)
    scores = chance.dirichlet([1, 1, 1], rows)
    over_all, per_class = class_figures(labels, scores, CLASSES, samples=0)
    called = np.array(CLASSES, object)[scores.argmax(axis=1)]
    assert over_all["macro_f1"].value == pytest.approx(f1_score(labels, called, average="macro", zero_division=0))
    assert over_all["accuracy"].value == pytest.approx(accuracy_score(labels, called))
    area = roc_auc_score(labels, scores, multi_class="ovr", average="macro", labels=list(CLASSES))
    assert over_all["auc"].value == pytest.approx(area)
    by_class = f1_score(labels, called, average=None, labels=list(CLASSES), zero_division=0)
    for name, value in zip(CLASSES, by_class, strict=True):
        assert (per_class[name]["f1"] or 0) == pytest.approx(value)


def test_a_class_that_the_model_does_not_know_counts_as_missed() -> None:
    labels = np.array(["normal", "normal", "romance"], object)
    scores = np.array([[0.1, 0.9, 0], [0.2, 0.8, 0], [0.9, 0.1, 0]])
    over_all, per_class = class_figures(labels, scores, CLASSES, samples=0)
    assert over_all["macro_f1"].value == pytest.approx((1 + 0 + 0) / 3)
    assert per_class["romance"] == {"f1": 0.0, "precision": None, "recall": 0.0, "rows": 1.0}
    assert per_class["prize"]["f1"] is None


def test_intervals_hold_the_figures() -> None:
    chance = np.random.default_rng(0)
    labels = chance.choice(CLASSES, 400).astype(object)
    scores = chance.dirichlet([1, 1, 1], 400) + (labels[:, None] == np.array(CLASSES)) * 0.5
    over_all, _ = class_figures(labels, scores, CLASSES, samples=200)
    for value, low, high, _ in over_all.values():
        assert value is not None and low is not None and high is not None
        assert low < value < high
