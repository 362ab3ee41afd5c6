"""Random generators and keys that depend on names alone, not on the order of use."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.ids import digest

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def create_generator(*name: str | int) -> np.random.Generator:
    """Return a random generator seeded by `name`. Different names give independent streams."""
    return np.random.Generator(np.random.SFC64(int(digest(*name), 16)))


def generate_keys(count: int, *name: str | int) -> NDArray[np.uint64]:
    """Return `count` distinct 64-bit keys of facts, seeded by `name` (SplitMix64). Keys do not reveal `name`."""
    start = np.uint64(int(digest(*name, size=8), 16))
    return _mix_bits(start + np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN)


def choose_by_hash(values: IntArray, count: int) -> IntArray:
    """Map each value to an index below `count` by a hash, so that evenly spaced values still spread evenly."""
    return (_mix_bits(values.astype(np.uint64) * _GOLDEN) % np.uint64(count)).astype(np.int64)


def _mix_bits(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Apply the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    state = (state ^ (state >> np.uint64(30))) * _MIX[0]
    state = (state ^ (state >> np.uint64(27))) * _MIX[1]
    return state ^ (state >> np.uint64(31))


def sample_values(rng: np.random.Generator, values: IntArray, count: int) -> IntArray:
    """Draw `count` values with replacement."""
    return values[rng.integers(0, len(values), count)]
