"""Distributions of call times, durations and answers. They are fitted to real calls; the hours are set by hand."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from fanzha.simulate._random import BoolArray, FloatArray, IntArray
from fanzha.simulate._settings import HOUR_MS

#: Weight of each hour of the day, from midnight in Beijing. Set by hand: the fitted data have no time of day.
RESIDENT = (1, 0.5, 0.3, 0.2, 0.3, 0.8, 2, 5, 8, 9, 9, 9, 8, 7, 8, 8, 9, 10, 10, 9, 8, 6, 4, 2)
OFFICE = (0, 0, 0, 0, 0, 0, 0, 0, 6, 10, 10, 8, 2, 4, 9, 10, 9, 6, 1, 0, 0, 0, 0, 0)
DELIVERY = (0, 0, 0, 0, 0, 0, 0, 1, 5, 9, 10, 9, 6, 6, 8, 8, 8, 7, 5, 3, 1, 0, 0, 0)
MEALS = (0.2, 0, 0, 0, 0, 0, 0, 1, 1, 2, 6, 10, 9, 3, 1, 1, 4, 9, 10, 6, 3, 2, 1, 0.5)
EVENING = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 4, 8, 10, 9, 4, 1, 0)
NIGHT = (6, 10, 10, 10, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3)
ALWAYS = (1,) * 24

HourWeights = tuple[float, ...]


@cache
def load_fitted_figures() -> dict[str, Any]:
    """Return the fitted figures, which `tools/fit_calling.py` writes. The file names its source."""
    text = (files("fanzha.simulate") / "data" / "calling.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def draw_moments(rng: np.random.Generator, count: int, day_start: int, hours: HourWeights) -> IntArray:
    """Draw `count` moments of the day (UTC ms) by the weights of the hours."""
    cumulative = np.cumsum(hours) / np.sum(hours)
    hour = np.minimum(np.searchsorted(cumulative, rng.random(count), side="right"), 23)
    at: IntArray = day_start + hour * HOUR_MS + rng.integers(0, HOUR_MS, count)
    return at


def draw_talk_ms(rng: np.random.Generator, count: int, mean_seconds: float | None = None) -> IntArray:
    """Draw durations of answered calls in ms: from the fitted quantiles, or gamma distributed around `mean_seconds`."""
    if mean_seconds is not None:
        return (rng.gamma(2.0, mean_seconds / 2.0, count) * 1_000).astype(np.int64) + 1_000
    logs = np.log(np.array(load_fitted_figures()["talk_s"]))
    talk: IntArray = (np.exp(np.interp(rng.random(count), load_fitted_figures()["quantiles"], logs)) * 1_000).astype(
        np.int64
    )
    return talk


def draw_ring_ms(rng: np.random.Generator, count: int, mean_seconds: float = 9.0) -> IntArray:
    """Draw ringing times in ms."""
    return (rng.gamma(4.0, mean_seconds / 4.0, count) * 1_000).astype(np.int64) + 300


def draw_answered(rng: np.random.Generator, count: int, share: float | None = None) -> BoolArray:
    """Draw which calls are answered: the fitted share of them, or `share`."""
    share = 1.0 - float(load_fitted_figures()["hardly_answered_share"]) if share is None else share
    return rng.random(count) < share


def draw_daily_rates(rng: np.random.Generator, count: int, mean: float, spread: str = "calls_log_spread") -> FloatArray:
    """Draw daily rates of `count` people: log-normal with mean `mean` and the fitted spread named `spread`."""
    sigma = float(load_fitted_figures()[spread])
    return rng.lognormal(np.log(mean) - sigma**2 / 2, sigma, count)


def draw_actors(rng: np.random.Generator, rates_per_day: FloatArray | float, people: int) -> IntArray:
    """Draw how often each of `people` acts in a day (Poisson), and return each index that often."""
    return np.repeat(np.arange(people), rng.poisson(rates_per_day, people))
