"""When people call, how long they talk, whether they answer: fitted to real, innocent calls; hours set by hand."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanzha.simulate._draw import Real, Whole
from fanzha.simulate._settings import HOUR_MS

#: Weight of each hour of the day, from midnight in Beijing. Coarse: the fitted set has no clock.
RESIDENT = (1, 0.5, 0.3, 0.2, 0.3, 0.8, 2, 5, 8, 9, 9, 9, 8, 7, 8, 8, 9, 10, 10, 9, 8, 6, 4, 2)
OFFICE = (0, 0, 0, 0, 0, 0, 0, 0, 6, 10, 10, 8, 2, 4, 9, 10, 9, 6, 1, 0, 0, 0, 0, 0)
DELIVERY = (0, 0, 0, 0, 0, 0, 0, 1, 5, 9, 10, 9, 6, 6, 8, 8, 8, 7, 5, 3, 1, 0, 0, 0)
MEALS = (0.2, 0, 0, 0, 0, 0, 0, 1, 1, 2, 6, 10, 9, 3, 1, 1, 4, 9, 10, 6, 3, 2, 1, 0.5)
EVENING = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 4, 8, 10, 9, 4, 1, 0)
NIGHT = (6, 10, 10, 10, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3)
ALWAYS = (1,) * 24

Hours = tuple[float, ...]


@cache
def figures() -> dict[str, Any]:
    """Return the fitted figures (tools/fit_calling.py; the file names its source)."""
    text = (files("fanzha.simulate") / "data" / "calling.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def moments(draw: np.random.Generator, count: int, day_start: int, hours: Hours) -> Whole:
    """Return `count` moments of the day, UTC milliseconds, by the weight of the hours."""
    ends = np.cumsum(hours) / np.sum(hours)
    hour = np.minimum(np.searchsorted(ends, draw.random(count), side="right"), 23)
    at: Whole = day_start + hour * HOUR_MS + draw.integers(0, HOUR_MS, count)
    return at


def talk_ms(draw: np.random.Generator, count: int, mean_seconds: float | None = None) -> Whole:
    """Return lengths of answered calls, ms: as fitted, or with another mean around which they spread as phones do."""
    if mean_seconds is not None:
        return (draw.gamma(2.0, mean_seconds / 2.0, count) * 1_000).astype(np.int64) + 1_000
    logs = np.log(np.array(figures()["talk_s"]))
    talk: Whole = (np.exp(np.interp(draw.random(count), figures()["quantiles"], logs)) * 1_000).astype(np.int64)
    return talk


def ring_ms(draw: np.random.Generator, count: int, mean_seconds: float = 9.0) -> Whole:
    """Return ringing times, ms."""
    return (draw.gamma(4.0, mean_seconds / 4.0, count) * 1_000).astype(np.int64) + 300


def answered(draw: np.random.Generator, count: int, share: float | None = None) -> NDArray[np.bool_]:
    """Return which calls were answered: as fitted, or a given share of them."""
    share = 1.0 - float(figures()["hardly_answered_share"]) if share is None else share
    return draw.random(count) < share


def rates(draw: np.random.Generator, count: int, mean: float, spread: str = "calls_log_spread") -> Real:
    """Return how much each of `count` people does a day: log-normal with the fitted spread and the mean given."""
    sigma = float(figures()[spread])
    return draw.lognormal(np.log(mean) - sigma**2 / 2, sigma, count)


def times_over(draw: np.random.Generator, a_day: Real | float, people: int) -> Whole:
    """Return people's indices, each as often as it acts today."""
    return np.repeat(np.arange(people), draw.poisson(a_day, people))
