"""The shift of a distribution of scores: the population stability index, and what chance alone would give."""

from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 10
MIN_COUNT = 100  # scores on each side; with fewer the index says more of chance than of a shift
MODERATE, LARGE = 0.1, 0.25  # the customary limits (Siddiqi 2006, Credit Risk Scorecards)


class Shift(StrEnum):
    """How far two distributions are apart."""

    NONE = "none"
    MODERATE = "moderate"
    LARGE = "large"
    TOO_FEW = "too_few"


def quantile_edges(reference: Floats, bins: int = BINS) -> Floats:
    """Return the inner edges of up to `bins` bins with equal shares of the reference; equal scores share a bin."""
    return np.unique(np.quantile(reference, np.arange(1, bins) / bins, method="higher"))


def bin_counts(scores: Floats, edges: Floats) -> NDArray[np.int64]:
    """Count scores by bin; a score on an edge is in the bin above it."""
    return np.bincount(np.searchsorted(edges, scores, side="right"), minlength=len(edges) + 1).astype(np.int64)


def stability_index(current: NDArray[np.int64], reference: NDArray[np.int64]) -> float:
    """Return the population stability index of counts by bin; half a row is added to each bin: none is empty."""
    shares = (current + 0.5) / (current.sum() + 0.5 * len(current))
    expected = (reference + 0.5) / (reference.sum() + 0.5 * len(reference))
    return float(((shares - expected) * np.log(shares / expected)).sum())


def chance_limit(bins: int, current: int, reference: int, level: float = 0.95) -> float:
    """Return the index that samples of one distribution exceed with probability 1 - `level`.

    The index is then a chi-square with bins - 1 degrees of freedom times 1/current + 1/reference (Yurdakul and Naranjo
    2020); its quantile is by the approximation of Wilson and Hilferty (1931).
    """
    freedom = bins - 1
    if freedom < 1:
        return 0.0
    z, part = NormalDist().inv_cdf(level), 2 / (9 * freedom)
    return float(freedom * (1 - part + z * part**0.5) ** 3 * (1 / current + 1 / reference))


def classify_shift(index: float, bins: int, current: int, reference: int) -> Shift:
    """Return the shift of an index: it must pass a customary limit and what chance alone would give."""
    if min(current, reference) < MIN_COUNT:
        return Shift.TOO_FEW
    if index < MODERATE or index <= chance_limit(bins, current, reference):
        return Shift.NONE
    return Shift.LARGE if index >= LARGE else Shift.MODERATE
