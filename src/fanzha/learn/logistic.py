"""Logistic regression over dense vectors."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import UsageError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Logistic:
    """A fitted logistic regression, with one weight for each feature."""

    weights: Floats
    bias: float

    def log_odds(self, rows: NDArray[Any]) -> Floats:
        """Return the log-odds of each row (rows × features)."""
        odds: Floats = rows.astype(np.float64) @ self.weights + self.bias
        return odds


def fit_logistic(
    rows: NDArray[Any], labels: NDArray[np.integer[Any]], *, cost: float, row_weights: Floats | None = None
) -> Logistic:
    """Fit on standardised features with balanced labels 0 and 1; UsageError without scikit-learn."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise UsageError("training needs scikit-learn", fix="pip install 'fanzha[train]'") from None
    values = rows.astype(np.float64)
    mean, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    classifier = LogisticRegression(C=cost, class_weight="balanced", max_iter=1_000)
    classifier.fit((values - mean) / spread, labels, sample_weight=row_weights)
    weights = classifier.coef_[0] / spread
    return Logistic(weights, float(classifier.intercept_[0] - weights @ mean))


def log_odds(probabilities: Floats) -> Floats:
    """Return the log-odds of probabilities, clipped to 1e-6 from 0 and 1."""
    clipped = probabilities.clip(1e-6, 1 - 1e-6)
    odds: Floats = np.log(clipped / (1 - clipped))
    return odds


def to_probabilities(odds: Floats) -> Floats:
    """Return the probabilities of log-odds."""
    probabilities: Floats = 1 / (1 + np.exp(-odds.clip(-50, 50)))
    return probabilities
