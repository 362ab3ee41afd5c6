"""Confidence intervals of shares, and of the ratio of two rates, without a statistics package."""

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

LEVEL = 0.95
_EXACT_UP_TO = 5_000  # larger counts take Wilson's interval, which is then the same to three digits


class Interval(NamedTuple):
    """The lower and the upper bound."""

    low: float
    high: float


def wilson_interval(share: float, count: float, level: float = LEVEL) -> Interval:
    """Return the interval of a share of `count` observations (Wilson 1927); `count` may be an effective size."""
    if count <= 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = share + z * z / (2 * count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return Interval(max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale))


def exact_interval(part: int, whole: int, level: float = LEVEL) -> Interval:
    """Return the interval of a share whose coverage is at least `level` (Clopper and Pearson 1934)."""
    if not whole:
        return Interval(0.0, 1.0)
    if whole > _EXACT_UP_TO:
        return wilson_interval(part / whole, whole, level)
    tail = (1 - level) / 2
    low = _solve(lambda share: _at_least(part, whole, share) < tail) if part else 0.0
    high = _solve(lambda share: 1 - _at_least(part + 1, whole, share) > tail) if part < whole else 1.0
    return Interval(low, high)


def poisson_interval(count: int, level: float = LEVEL) -> Interval:
    """Return the interval of the mean of a Poisson count whose coverage is at least `level` (Garwood 1936).

    Above `_EXACT_UP_TO` it is Byar's approximation, which is then the same to four digits.
    """
    tail = (1 - level) / 2
    if count > _EXACT_UP_TO:
        z = NormalDist().inv_cdf(1 - tail)
        low = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
        after = count + 1
        return Interval(low, after * (1 - 1 / (9 * after) + z / (3 * math.sqrt(after))) ** 3)
    most = count + 10 * math.sqrt(count + 1) + 20
    low = most * _solve(lambda share: 1 - _poisson_up_to(count - 1, share * most) < tail) if count else 0.0
    high = most * _solve(lambda share: _poisson_up_to(count, share * most) > tail)
    return Interval(low, high)


class RateRatio(NamedTuple):
    """The ratio of two rates with its interval; `value` is None if the earlier count is 0."""

    value: float | None
    low: float
    high: float | None


def rate_ratio(
    count: int, exposure: float, earlier_count: int, earlier_exposure: float, level: float = LEVEL
) -> RateRatio:
    """Return the ratio of two Poisson rates, with the exact conditional interval (Przyborowski and Wilenski 1940)."""
    low, high = exact_interval(count, count + earlier_count, level)
    scale = earlier_exposure / exposure
    return RateRatio(
        count / earlier_count * scale if earlier_count else None,
        low / (1 - low) * scale if low < 1 else math.inf,
        high / (1 - high) * scale if high < 1 else None,
    )


def _at_least(part: int, whole: int, share: float) -> float:
    """Return the probability of at least `part` successes in `whole` trials."""
    if part <= 0:
        return 1.0
    if part > whole or share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    successes = np.arange(part, whole + 1)
    first = math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
    steps = np.log((whole - successes[:-1]) / (successes[:-1] + 1))
    combinations = first + np.concatenate(([0.0], np.cumsum(steps)))
    terms = combinations + successes * math.log(share) + (whole - successes) * math.log1p(-share)
    return min(1.0, float(np.exp(terms).sum()))


def _poisson_up_to(count: int, mean: float) -> float:
    """Return the probability of at most `count` events where `mean` are expected."""
    if mean <= 0:
        return 1.0
    numbers = np.arange(1, count + 1)
    logs = np.concatenate(([0.0], np.cumsum(math.log(mean) - np.log(numbers)))) - mean
    return min(1.0, float(np.exp(logs).sum()))


def _solve(is_below: Callable[[float], bool]) -> float:
    """Return where a condition that holds from 0 on stops holding, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2
