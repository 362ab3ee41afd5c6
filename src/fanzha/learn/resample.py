"""How sure a figure is: bootstrap samples as row weights, drawn by group where rows belong together."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: What a figure is made from: weights (samples × rows) -> one value a sample, NaN where it is not defined.
Statistic = Callable[[Floats], Floats]

_CELLS = 4_000_000  # weights held at once


class Figure(NamedTuple):
    """A measured figure with its 95 % interval (Efron's percentile bootstrap); `reason` says why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


def measure(
    statistics: dict[str, Statistic],
    rows: int,
    *,
    groups: NDArray[np.object_] | None = None,
    samples: int = 1_000,
    seed: int = 0,
) -> dict[str, Figure]:
    """Measure each statistic on the rows as they are, and its interval on samples drawn with replacement."""
    whole = {name: float(statistic(np.ones((1, rows)))[0]) for name, statistic in statistics.items()}
    drawn: dict[str, list[Floats]] = {name: [] for name in statistics}
    for weights in draws(rows, groups=groups, samples=samples, seed=seed):
        for name, statistic in statistics.items():
            drawn[name].append(statistic(weights))
    return {name: _figure(value, drawn[name]) for name, value in whole.items()}


def draws(rows: int, *, groups: NDArray[np.object_] | None, samples: int, seed: int) -> Iterator[Floats]:
    """Yield bootstrap samples as weights (some samples × rows): how often each row, or its whole group, is drawn."""
    place = np.arange(rows) if groups is None else np.unique(groups.astype(str), return_inverse=True)[1]
    units = int(place.max()) + 1 if rows else 0
    chance = np.random.default_rng(seed)
    at_once = max(1, min(samples, _CELLS // max(rows, 1)))
    for begin in range(0, samples if units else 0, at_once):
        count = min(at_once, samples - begin)
        drawn = chance.integers(0, units, (count, units)) + np.arange(count)[:, None] * units
        times = np.bincount(drawn.ravel(), minlength=count * units).reshape(count, units)
        yield times[:, place].astype(np.float64)


def _figure(value: float, drawn: list[Floats]) -> Figure:
    if np.isnan(value):
        return Figure(None, reason="not defined on these rows")
    values = np.concatenate(drawn) if drawn else np.empty(0)
    values = values[~np.isnan(values)]
    if not values.size:
        return Figure(value)
    low, high = np.quantile(values, [0.025, 0.975])
    return Figure(value, float(low), float(high))
