"""Compare figures by their intervals: the change against the month before, and the places that they can bear."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from fanzha.command.bulletins.stated_figures import StatedFigure
from fanzha.learn.intervals import Interval


def difference_interval(now: StatedFigure, before: StatedFigure | None) -> Interval | None:
    """Return the interval of the difference of two figures in their unit, None if either has no value.

    The squared distances to their bounds add up: of shares this is method 10 of Newcombe (1998), of rates the same by
    Zou and Donner (2008).
    """
    if before is None or now.value is None or before.value is None:
        return None
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return None
    change = now.value - before.value
    down = math.hypot(now.value - now.low, before.high - before.value)
    up = math.hypot(now.high - now.value, before.value - before.low)
    return Interval(change - down, change + up)


def is_comparable(now: StatedFigure, before: StatedFigure | None) -> bool:
    """Return whether a figure has enough observations in both months."""
    return before is not None and now.is_enough and before.is_enough


class Places(NamedTuple):
    """The best and the worst place that a company may have: those whose intervals overlap share places."""

    best: int
    worst: int


def rank_places(figures: Mapping[str, StatedFigure], direction: str) -> dict[str, Places]:
    """Return the places of those with enough observations; {} if fewer than two have them.

    `direction` is `up` if more is better, `down` if less is; without one no company is ranked. Another company is ahead
    only if its whole interval is better: with overlapping intervals the order is unknown.
    """
    sign = {"up": 1, "down": -1}.get(direction, 0)
    bounds = {
        name: sorted((sign * figure.low, sign * figure.high))
        for name, figure in figures.items()
        if figure.is_enough and figure.low is not None and figure.high is not None
    }
    if not sign or len(bounds) < 2:
        return {}
    return {
        name: Places(
            1 + sum(other[0] > own[1] for other in bounds.values()),
            len(bounds) - sum(other[1] < own[0] for other in bounds.values()),
        )
        for name, own in bounds.items()
    }
