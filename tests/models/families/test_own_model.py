"""Mixed scores are between those of both models, and certain scores stay numbers."""

import numpy as np
import pytest

from fanzha.models.families.own_model import mix_scores, to_log_odds


def test_a_weight_of_0_or_1_gives_one_of_both() -> None:
    shipped, own = np.array([0.2, 0.9]), np.array([0.7, 0.1])
    assert mix_scores(shipped, own, 0.0) == pytest.approx(shipped)
    assert mix_scores(shipped, own, 1.0) == pytest.approx(own)
    mixed = mix_scores(shipped, own, 0.5)
    assert 0.2 < mixed[0] < 0.7 and 0.1 < mixed[1] < 0.9


def test_certain_scores_have_finite_log_odds() -> None:
    assert np.isfinite(to_log_odds(np.array([0.0, 1.0]))).all()
