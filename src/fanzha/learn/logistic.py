"""A logistic regression over dense vectors: small enough to ship as a few hundred numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import WrongCall

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Logistic:
    """One weight a feature."""

    weights: Floats
    bias: float

    def log_odds(self, rows: NDArray[Any]) -> Floats:
        """Return the log-odds of each row (rows × features); above 0 speaks for."""
        odds: Floats = rows.astype(np.float64) @ self.weights + self.bias
        return odds


def fit_logistic(
    rows: NDArray[Any], labels: NDArray[np.integer[Any]], *, cost: float, row_weights: Floats | None = None
) -> Logistic:
    """Fit on standardised features, both labels (0 and 1) weighing the same; WrongCall without scikit-learn."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise WrongCall("training needs scikit-learn", fix="pip install 'fanzha[train]'") from None
    plain = rows.astype(np.float64)
    middle, spread = plain.mean(axis=0), np.maximum(plain.std(axis=0), 1e-9)
    machine = LogisticRegression(C=cost, class_weight="balanced", max_iter=1_000)
    machine.fit((plain - middle) / spread, labels, sample_weight=row_weights)
    weights = machine.coef_[0] / spread
    return Logistic(weights, float(machine.intercept_[0] - weights @ middle))


def log_odds(shares: Floats) -> Floats:
    """Return the log-odds of probabilities, those next to 0 and 1 held back."""
    kept = shares.clip(1e-6, 1 - 1e-6)
    odds: Floats = np.log(kept / (1 - kept))
    return odds


def as_shares(odds: Floats) -> Floats:
    """Return the probabilities of log-odds."""
    shares: Floats = 1 / (1 + np.exp(-odds.clip(-50, 50)))
    return shares
