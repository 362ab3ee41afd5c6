"""Chance that hangs on the seed and on what is drawn, not on the order of drawing: same seed, same bytes."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.ids import digest

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Mask = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def stream(*words: str | int) -> np.random.Generator:
    """Return the generator of what these words name: another name is another, independent stream."""
    return np.random.Generator(np.random.SFC64(int(digest(*words), 16)))


def keys(count: int, *words: str | int) -> NDArray[np.uint64]:
    """Return `count` 64-bit keys that name facts; no key tells what it was drawn for (SplitMix64)."""
    start = np.uint64(int(digest(*words, size=8), 16))
    with np.errstate(over="ignore"):
        mixed = start + np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX[0]
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX[1]
    return mixed ^ (mixed >> np.uint64(31))


def some(draw: np.random.Generator, values: Whole, count: int) -> Whole:
    """Return `count` values, each drawn from all."""
    return values[draw.integers(0, len(values), count)]
