"""Two scorers are compared on decided subjects, at the same number of alarms, and on the innocent."""

import numpy as np
import pytest

from fanzha.command.research.comparison import compare_scores, least_clear, top_alarms


def test_a_better_model_finds_more_at_the_same_false_alarms() -> None:
    labels = np.r_[np.ones(100), np.zeros(1_000)].astype(np.int64)
    random = np.random.default_rng(0)
    ours, theirs = random.random(1_100), np.r_[np.full(100, 0.9), random.random(1_000) * 0.5]
    found = compare_scores(labels, ours, theirs, ["prize"] * 1_100, np.zeros(1_100, np.bool_))
    for name in ("recall_at_1pct", "recall_at_0.1pct"):
        assert found["theirs"][name]["value"] == 1.0 > found["ours"][name]["value"]
    assert found["theirs"]["auc"]["value"] == 1.0 and found["ours"]["auc"]["low"] < found["ours"]["auc"]["high"]


def test_with_few_cleared_subjects_no_figure_is_given() -> None:
    labels, scores = np.array([1, 1, 0, -1]), np.array([0.9, 0.8, 0.1, 0.5])
    found = compare_scores(labels, scores, scores, ["", "", "", ""], np.zeros(4, np.bool_))
    assert found["ours"]["recall_at_1pct"]["value"] is None and found["subjects"] == 4
    assert (least_clear("recall_at_1pct"), least_clear("recall_at_0.1pct")) == (100, 1_000)


def test_without_decisions_there_are_only_alarms() -> None:
    scores = np.array([0.9, 0.1])
    found = compare_scores(np.array([-1, -1]), scores, scores, ["", ""], np.zeros(2, np.bool_))
    assert found["ours"]["auc"]["value"] is None and (found["alarms"], found["both"]) == (1, 1)


def test_innocent_look_alikes_and_protected_numbers_are_counted_for_both() -> None:
    labels = np.array([0, 0, 0, 1])
    ours, theirs = np.array([0.9, 0.1, 0.2, 0.8]), np.array([0.1, 0.9, 0.2, 0.8])
    protected = np.array([False, True, False, False])
    found = compare_scores(labels, ours, theirs, ["prize", "prize", "phishing", "prize"], protected)
    assert found["look_alikes"][0] == {"fraud_type": "prize", "subjects": 2, "ours": 1, "theirs": 1}
    assert found["protected"] == {"subjects": 1, "ours": 0, "theirs": 1}
    assert found["only_theirs"] == {"fraud": 0, "clear": 1, "undecided": 0}


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 0), (2, 2), (9, 3)], ids=["none", "tie", "two", "all"])
def test_alarms_of_equal_score_stay_out_together(count: int, expected: int) -> None:
    assert top_alarms(np.array([0.5, 0.5, 0.1]), count).sum() == expected
