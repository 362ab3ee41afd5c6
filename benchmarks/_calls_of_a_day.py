"""One day of made-up calls as a live stream brings them: up to a second out of order, one in fifty twice."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LATE_MS, DAY_MS = 1_000, 86_400_000
STRETCH = 100_000  # calls that are fed together
HEAVY = 200  # callers who make every tenth call

Whole = NDArray[np.int64]


class Day(NamedTuple):
    """Calls in order, moments all different; `arrivals` are the places of the calls as they come."""

    moments: Whole
    columns: dict[str, Whole]
    ids: NDArray[np.uint64]  # [calls, 2], the halves of 128 bits
    arrivals: Whole

    def in_order(self) -> Iterator[Whole]:
        """Sort the calls that arrived by moment and id, drop repeats, and yield their places stretch by stretch."""
        high, low = self.ids[self.arrivals].T
        places = self.arrivals[np.lexsort((low, high, self.moments[self.arrivals]))]
        places = places[np.append(True, (np.diff(self.ids[places], axis=0) != 0).any(axis=1))]
        for begin in range(0, len(places), STRETCH):
            yield places[begin : begin + STRETCH]


def day(count: int, keys: int, seed: int) -> Day:
    """Draw calls between so many numbers."""
    draw = np.random.default_rng(seed)
    moments = np.sort(draw.choice(DAY_MS, count, replace=False)).astype(np.int64)
    late = moments + draw.integers(0, LATE_MS, count)
    twice = draw.choice(count, count // 50, replace=False)
    places = np.concatenate((np.arange(count), twice))
    comes = np.concatenate((late, late[twice] + draw.integers(0, 600_000, len(twice))))
    ids = draw.integers(0, 1 << 63, (count, 2)).astype(np.uint64)
    return Day(moments, _columns(count, keys, draw), ids, places[np.argsort(comes, kind="stable")])


def _columns(count: int, keys: int, draw: np.random.Generator) -> dict[str, Whole]:
    heavy = draw.random(count) < 0.1
    callers = np.where(heavy, draw.integers(0, HEAVY, count), HEAVY + draw.integers(0, keys, count))
    usual = draw.random(count) < 0.5
    callees = np.where(usual & ~heavy, callers * 7_919 % keys, draw.integers(0, keys, count))
    answered = draw.random(count) < 0.7
    talk = np.where(heavy, draw.integers(0, 38_000, count), draw.integers(0, 600_000, count))
    columns = {
        "caller": callers,
        "callee": callees,
        "trunk": callers % 500,
        "cell": draw.integers(0, 20_000, count),
        "answered": answered,
        "talk_ms": np.where(answered, talk, 0),
    }
    return {name: column.astype(np.int64) for name, column in columns.items()}
