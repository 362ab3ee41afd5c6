"""Bootstrap confidence intervals of figures, with samples as row weights drawn by group."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Computes a figure: weights (samples × rows) -> one value for each sample, NaN where undefined.
Statistic = Callable[[Floats], Floats]

_CELLS = 4_000_000  # weights in memory at once


class MeasuredFigure(NamedTuple):
    """A figure with its 95 % interval (Efron's percentile bootstrap); `reason` says why there is no value."""

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
) -> dict[str, MeasuredFigure]:
    """Compute each statistic on all rows, and its interval on samples drawn with replacement."""
    values = {name: float(statistic(np.ones((1, rows)))[0]) for name, statistic in statistics.items()}
    sampled: dict[str, list[Floats]] = {name: [] for name in statistics}
    for weights in draw_samples(rows, groups=groups, samples=samples, seed=seed):
        for name, statistic in statistics.items():
            sampled[name].append(statistic(weights))
    return {name: _figure(value, sampled[name]) for name, value in values.items()}


def draw_samples(rows: int, *, groups: NDArray[np.object_] | None, samples: int, seed: int) -> Iterator[Floats]:
    """Yield bootstrap samples as weights (samples × rows): how often each row, or its group, is drawn."""
    unit_index = np.arange(rows) if groups is None else np.unique(groups.astype(str), return_inverse=True)[1]
    units = int(unit_index.max()) + 1 if rows else 0
    rng = np.random.default_rng(seed)
    at_once = max(1, min(samples, _CELLS // max(rows, 1)))
    for begin in range(0, samples if units else 0, at_once):
        count = min(at_once, samples - begin)
        drawn = rng.integers(0, units, (count, units)) + np.arange(count)[:, None] * units
        counts = np.bincount(drawn.ravel(), minlength=count * units).reshape(count, units)
        yield counts[:, unit_index].astype(np.float64)


def _figure(value: float, drawn: list[Floats]) -> MeasuredFigure:
    if np.isnan(value):
        return MeasuredFigure(None, reason="not defined on these rows")
    values = np.concatenate(drawn) if drawn else np.empty(0)
    values = values[~np.isnan(values)]
    if not values.size:
        return MeasuredFigure(value)
    low, high = np.quantile(values, [0.025, 0.975])
    return MeasuredFigure(value, float(low), float(high))
