"""Compare shares honestly: intervals, change against the month before, and places that the figures can bear."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from fanzha.command.bulletins.measures import LEAST_CASES, Count, Direction
from fanzha.learn.intervals import Interval, wilson_interval


class MeasuredShare(NamedTuple):
    """A share of cases with its 95 % interval; without cases there is none."""

    value: float
    low: float
    high: float


def share_of(count: Count) -> MeasuredShare | None:
    """Return the share of a count with its interval (Wilson 1927), None without cases."""
    if not count.whole:
        return None
    value = count.part / count.whole
    return MeasuredShare(value, *wilson_interval(value, count.whole))


def difference_interval(now: Count, before: Count) -> Interval | None:
    """Return the interval of the difference of two shares (Newcombe 1998, method 10), None if either has no cases."""
    later, earlier = share_of(now), share_of(before)
    if later is None or earlier is None:
        return None
    change = later.value - earlier.value
    down = math.hypot(later.value - later.low, earlier.high - earlier.value)
    up = math.hypot(later.high - later.value, earlier.value - earlier.low)
    return Interval(max(-1.0, change - down), min(1.0, change + up))


class Places(NamedTuple):
    """The best and the worst place that a company may have: those whose intervals overlap share places."""

    best: int
    worst: int


def rank_places(counts: Mapping[str, Count], direction: Direction) -> dict[str, Places]:
    """Return the places of those with at least `LEAST_CASES` cases; {} if fewer than two have them.

    Another company is ahead only if its whole interval is better: with overlapping intervals the order is unknown.
    """
    shares = {name: share_of(count) for name, count in counts.items() if count.whole >= LEAST_CASES}
    if direction is Direction.NEITHER or len(shares) < 2:
        return {}
    sign = 1 if direction is Direction.HIGH else -1
    bounds = {
        name: sorted((sign * share.low, sign * share.high)) for name, share in shares.items() if share is not None
    }
    return {
        name: Places(
            1 + sum(other[0] > own[1] for other in bounds.values()),
            len(bounds) - sum(other[1] < own[0] for other in bounds.values()),
        )
        for name, own in bounds.items()
    }
