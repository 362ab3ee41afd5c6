"""Draw a stratified sample, measure how far two markers agree, and estimate a share of the population from marks."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.learn.intervals import Interval, wilson_interval

MIN_PER_STRATUM = 10  # rows drawn of each stratum, if it has them and the sample is large enough
_Z = 1.959964


class Kappa(NamedTuple):
    """Cohen's kappa of two markers with its 95 % interval; None if both gave one and the same mark to all rows."""

    rows: int
    agreed: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


class WeightedShare(NamedTuple):
    """A share of the population with its 95 % interval; `effective` is the size of an unweighted sample as good."""

    value: float
    low: float
    high: float
    effective: float


class Stratum(NamedTuple):
    """A part of the population: its size, the rows of it that were marked, and those with the counted mark."""

    population: int
    marked: int
    counted: int


def allocate(populations: Sequence[int], size: int) -> list[int]:
    """Distribute a sample over strata: a floor for each, the rest in proportion to what is left of them.

    Raise UsageError if there are more strata than rows to draw.
    """
    if size < len(populations):
        what = f"{size} rows cannot be drawn from {len(populations)} strata"
        raise UsageError(what, fix="draw more rows, or name fewer strata")
    floor = min(MIN_PER_STRATUM, size // len(populations))
    drawn = np.minimum(np.array(populations, np.int64), floor)
    while (missing := min(size, sum(populations)) - int(drawn.sum())) > 0:
        left = np.array(populations, np.int64) - drawn
        share = left * missing / left.sum()
        whole = np.floor(share).astype(np.int64)
        remainder = missing - int(whole.sum())
        whole[np.argsort(-(share - whole), kind="stable")[:remainder]] += 1
        drawn += np.minimum(whole, left)
    return [int(count) for count in drawn]


def draw_ranks(populations: Sequence[int], size: int, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Return the ranks, from 0, of the rows drawn of each stratum."""
    counts = allocate(populations, size)
    return [rng.choice(whole, count, replace=False) for whole, count in zip(populations, counts, strict=True)]


def draw_stratified(strata: NDArray[np.int64], size: int, seed: int) -> NDArray[np.int64]:
    """Return the row numbers of a sample in random order; `strata` numbers the stratum of each row from 0 on.

    The same rows, size and seed give the same sample.
    """
    rng = np.random.default_rng(seed)
    ranks = draw_ranks(np.bincount(strata).tolist(), size, rng)
    return rng.permutation(np.concatenate([np.flatnonzero(strata == n)[rows] for n, rows in enumerate(ranks)]))


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> Kappa:
    """Return the agreement of two markers beyond chance (Cohen 1960), the interval by Fleiss, Cohen, Everitt (1969)."""
    if len(first) != len(second):
        raise ValueError("the markers have not marked the same rows")
    names = sorted({*first, *second})
    table = np.zeros((len(names), len(names)))
    np.add.at(table, ([names.index(mark) for mark in first], [names.index(mark) for mark in second]), 1)
    rows, agreed = len(first), int(np.trace(table))
    if len(names) < 2:
        return Kappa(rows, agreed)
    shares = table / rows
    by_first, by_second = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float(np.trace(shares)), float(by_first @ by_second)
    kappa = (observed - expected) / (1 - expected)
    half = _Z * math.sqrt(max(0.0, _kappa_variance(shares, kappa, expected)) / rows)
    return Kappa(rows, agreed, kappa, max(-1.0, kappa - half), min(1.0, kappa + half))


def _kappa_variance(shares: NDArray[np.float64], kappa: float, expected: float) -> float:
    """Return the variance of kappa times the number of rows."""
    by_first, by_second = shares.sum(axis=1), shares.sum(axis=0)
    diagonal = np.diag(shares)
    agreeing = (diagonal * (1 - (by_first + by_second) * (1 - kappa)) ** 2).sum()
    crossed = shares * (by_second[:, None] + by_first[None, :]) ** 2
    differing = (1 - kappa) ** 2 * (crossed.sum() - np.trace(crossed))
    return float((agreeing + differing - (kappa - expected * (1 - kappa)) ** 2) / (1 - expected) ** 2)


def weighted_share(strata: Sequence[Stratum]) -> WeightedShare | None:
    """Return the share of the counted mark in the population, each stratum weighted by its size; None without marks.

    The interval is Wilson's at the effective size of the sample (Kish 1965), which claims no gain from stratification
    and holds where every mark of a stratum is the same. Strata without a marked row are left out.
    """
    strata = [stratum for stratum in strata if stratum.marked and stratum.population]
    if not strata:
        return None
    whole = sum(stratum.population for stratum in strata)
    weights = [stratum.population / whole for stratum in strata]
    value = sum(weight * row.counted / row.marked for weight, row in zip(weights, strata, strict=True))
    effective = 1 / sum(weight**2 / row.marked for weight, row in zip(weights, strata, strict=True))
    bounds: Interval = wilson_interval(min(1.0, value), effective)
    return WeightedShare(min(1.0, value), *bounds, effective)
