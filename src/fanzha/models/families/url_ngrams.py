"""Logistic regression on hashed character n-grams of a URL; its score is a feature of the page models."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.learn.codes import code_points
from fanzha.learn.ngrams import NgramCounts, count
from fanzha.learn.split import folds
from fanzha.models.families.boosted_trees import Floats

SHORTEST, LONGEST, BITS = 3, 5, 17
_STRENGTH, _INNER = 20.0, 5  # inverse of the L2 penalty; folds for out-of-fold scores


@dataclass(frozen=True)
class UrlNgrams:
    """Weights by bucket, in half precision so that saving does not change scores."""

    weights: NDArray[np.float16]
    bias: float

    def log_odds(self, texts: Any) -> Floats:
        """Return the log-odds of each text (lower-case URLs without scheme)."""
        counts = count(code_points(texts), shortest=SHORTEST, longest=LONGEST, bits=BITS)
        values = _values(counts) * self.weights.astype(np.float64)[counts.columns]
        odds: Floats = np.bincount(_rows(counts), values, counts.offsets.size - 1).astype(np.float64) + self.bias
        return odds


def fit(texts: Any, labels: NDArray[np.int64], *, seed: int) -> UrlNgrams:
    """Fit on URLs and labels 0 or 1."""
    logistic, sparse = _learners()
    counts = count(code_points(texts), shortest=SHORTEST, longest=LONGEST, bits=BITS)
    shape = (counts.offsets.size - 1, 1 << BITS)
    matrix = sparse.csr_matrix((_values(counts), counts.columns, counts.offsets), shape=shape)
    fitted = logistic(C=_STRENGTH, solver="liblinear", random_state=seed).fit(matrix, labels)
    return UrlNgrams(fitted.coef_[0].astype(np.float16), float(fitted.intercept_[0]))


def out_of_fold_log_odds(texts: Any, labels: NDArray[np.int64], groups: NDArray[np.object_], *, seed: int) -> Floats:
    """Return out-of-fold log-odds: each row is scored by a fit without its group."""
    fold, out = folds(labels, groups, _INNER, seed=seed), np.zeros(len(labels))
    for number in range(_INNER):
        inside = fold == number
        if inside.any():
            out[inside] = fit(texts.filter(~inside), labels[~inside], seed=seed).log_odds(texts.filter(inside))
    return out


def _values(counts: NgramCounts) -> Floats:
    """Return the counts of each text, scaled to a vector of length 1."""
    squares = np.bincount(_rows(counts), counts.counts.astype(np.float64) ** 2, counts.offsets.size - 1)
    return counts.counts / np.sqrt(np.maximum(squares, 1e-12))[_rows(counts)]


def _rows(counts: NgramCounts) -> NDArray[np.intp]:
    return np.repeat(np.arange(counts.offsets.size - 1), np.diff(counts.offsets))


def _learners() -> tuple[Any, Any]:
    try:
        from scipy import sparse
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise UsageError("training needs scikit-learn", fix="pip install 'fanzha[train]'") from None
    return LogisticRegression, sparse
