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
    return _mixed(start + np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN)


def choice_of(values: Whole, count: int) -> Whole:
    """Return for each value one of `count` places: always the same one, whatever steps the values lie apart."""
    return (_mixed(values.astype(np.uint64) * _GOLDEN) % np.uint64(count)).astype(np.int64)


def _mixed(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the keys through the last step of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    keys = (keys ^ (keys >> np.uint64(30))) * _MIX[0]
    keys = (keys ^ (keys >> np.uint64(27))) * _MIX[1]
    return keys ^ (keys >> np.uint64(31))


def some(draw: np.random.Generator, values: Whole, count: int) -> Whole:
    """Return `count` values, each drawn from all."""
    return values[draw.integers(0, len(values), count)]
