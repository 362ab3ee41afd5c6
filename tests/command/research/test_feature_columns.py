"""Published columns are numbers of a subject before a moment; their order is a contract."""

import numpy as np
import pytest

from fanzha.command.research.feature_columns import (
    HOUR_MS,
    FindingColumns,
    all_columns,
    column_names,
    compute_features,
    scored_types,
)


def columns(rows: list[tuple[int, int, str, float, int, bool]]) -> FindingColumns:
    """Return findings: subject, detector, fraud type, score, hour, live."""
    types = scored_types()
    return FindingColumns(
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows]),
        np.array([types.index(row[2]) if row[2] else -1 for row in rows]),
        np.array([row[3] for row in rows], float),
        np.array([row[4] * HOUR_MS for row in rows]),
        np.array([row[5] for row in rows]),
        np.array([row[4] % 2 == 0 for row in rows]),
        np.array([[row[4], 0, 0, 0, 0] for row in rows], float),
    )


def test_each_subject_is_summed_up_in_published_order() -> None:
    rows = [(7, 0, "phishing", 0.4, 1, False), (7, 1, "phishing", 0.8, 3, True), (7, 1, "", 0.6, 4, True)]
    rows += [(3, 0, "prize", 0.2, 2, False)]
    found = compute_features(columns(rows), np.full(4, 10 * HOUR_MS))
    assert found.subjects.tolist() == [3, 7] and found.values.shape == (2, len(all_columns()))
    named = dict(zip(column_names(), found.values[1], strict=True))
    assert (named["findings"], named["live_findings"], named["detectors"], named["fraud_types"]) == (3, 2, 2, 1)
    assert (named["top_score"], named["last_score"], named["calls"]) == (0.8, 0.6, 4)
    assert named["mean_score"] == pytest.approx(0.6) and named["abroad_share"] == pytest.approx(1 / 3)
    assert (named["active_hours"], named["quiet_hours"], named["score_phishing"]) == (3, 6, 0.8)
    assert found.our_scores.tolist() == [0.0, 0.8] and list(found.main_types) == ["prize", "phishing"]


def test_what_was_found_after_the_decision_does_not_count() -> None:
    rows = [(1, 0, "prize", 0.3, 1, True), (1, 0, "prize", 0.9, 6, True), (2, 0, "", 0.9, 6, True)]
    found = compute_features(columns(rows), np.array([5, 5, 5]) * HOUR_MS)
    assert found.subjects.tolist() == [1] and found.our_scores.tolist() == [0.3]


def test_no_findings_are_no_rows() -> None:
    found = compute_features(columns([]), np.empty(0, np.int64))
    assert found.values.shape == (0, len(all_columns())) and found.main_types == ()


def test_the_beginning_of_the_list_never_changes() -> None:
    assert column_names()[:6] == ("findings", "live_findings", "detectors", "fraud_types", "top_score", "mean_score")
    assert "score_victim_at_risk" not in column_names()
