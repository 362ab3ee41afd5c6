"""Of two models the higher score counts, and certain scores stay numbers."""

import numpy as np
import pytest

from fanzha.models.families.own_model import join_scores


def test_the_higher_score_counts_after_the_own_one_is_shifted() -> None:
    shipped, own = np.array([0.2, 0.9]), np.array([0.7, 0.1])
    assert join_scores(shipped, own, 0.0) == pytest.approx([0.7, 0.9])
    assert join_scores(shipped, own, -20.0) == pytest.approx(shipped)
    assert join_scores(shipped, np.array([0.5, 0.5]), 3.0) == pytest.approx([0.9526, 0.9526], abs=1e-4)


def test_certain_scores_are_joined_to_numbers() -> None:
    certain = np.array([0.0, 1.0])
    assert join_scores(certain, certain[::-1], 0.0) == pytest.approx([1.0, 1.0], abs=1e-5)
