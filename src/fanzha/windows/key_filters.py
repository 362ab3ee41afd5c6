"""Sets and counts of keys in fixed memory: a key in the set is always found, and a count is never too low.

Keys are told apart by a hash alone, so that others may be found too, and counts may be too high. They are filters ahead
of windows, which hold the keys themselves.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows.facts import UNKNOWN
from fanzha.windows.hash_tables import mix_hash

MOST = 255  # a count that may be any number from here on
FIRST_SLOTS, LAST_SLOTS = 1 << 16, 1 << 24  # of counts, a byte each
FIRST_BITS, LAST_BITS = 1 << 16, 1 << 27  # of a set
SLOTS_PER_FACT, BITS_PER_KEY = 8, 8

Columns = NDArray[np.int64]  # [key parts, n]


class KeyCounts:
    """How often each key occurred, up to `MOST`."""

    def __init__(self, *, seed: int = 0, slots: bytes = b"", counted: int = 0) -> None:
        """Start empty, or with saved slots; `seed` is mixed into the hash."""
        self._seed = np.uint64(seed & 0xFFFF_FFFF_FFFF_FFFF)
        self.slots = np.frombuffer(slots, np.uint8).copy() if slots else np.zeros(FIRST_SLOTS, np.uint8)
        self.counted = counted

    def add(self, columns: Columns) -> None:
        """Count the keys of n facts; a key with an unknown part is none."""
        self.counted += columns.shape[1]
        while SLOTS_PER_FACT * self.counted > len(self.slots) and len(self.slots) < LAST_SLOTS:
            self.slots = np.concatenate([self.slots, self.slots])  # every key's count is now at both its places
        _count(columns, self._seed, self.slots)

    def read(self, columns: Columns) -> NDArray[np.float64]:
        """Return for each key a number that it did not occur more often than: infinity from `MOST` on."""
        counts = np.empty(columns.shape[1], np.uint8)
        _read(columns, self._seed, self.slots, counts)
        return np.where(counts == MOST, np.inf, counts.astype(np.float64))


class KeySet:
    """A set of keys."""

    def __init__(self, keys: int = 0, *, seed: int = 0) -> None:
        """Start empty, with room for a number of keys; `seed` is mixed into the hash."""
        self._seed = np.uint64(seed & 0xFFFF_FFFF_FFFF_FFFF)
        bits = min(LAST_BITS, max(FIRST_BITS, 1 << (BITS_PER_KEY * keys - 1).bit_length()))
        self._bits = np.zeros(bits // 8, np.uint8)

    @property
    def bytes_held(self) -> int:
        """Memory of the set in bytes."""
        return self._bits.nbytes

    def add(self, columns: Columns) -> None:
        """Add the keys of n facts."""
        _mark(columns, self._seed, self._bits)

    def contains(self, columns: Columns) -> NDArray[np.bool_]:
        """Return which keys may be in the set; those added are."""
        found = np.empty(columns.shape[1], np.bool_)
        _find(columns, self._seed, self._bits, found)
        return found


@compiled
def _slot(columns: Columns, at: int, seed: np.uint64, slots: int) -> int:
    """Return the slot of a key, -1 if a part is unknown."""
    state = seed
    for part in range(columns.shape[0]):
        value = columns[part, at]
        if value == UNKNOWN:
            return -1
        state = mix_hash(state, value)
    return int(np.int64(state & np.uint64(slots - 1)))


@compiled
def _count(columns: Columns, seed: np.uint64, slots: NDArray[np.uint8]) -> None:
    for at in range(columns.shape[1]):
        slot = _slot(columns, at, seed, len(slots))
        if slot >= 0 and slots[slot] < 255:
            slots[slot] += 1


@compiled
def _mark(columns: Columns, seed: np.uint64, bits: NDArray[np.uint8]) -> None:
    for at in range(columns.shape[1]):
        slot = _slot(columns, at, seed, 8 * len(bits))
        if slot >= 0:
            bits[slot >> 3] |= np.uint8(1 << (slot & 7))


@compiled
def _find(columns: Columns, seed: np.uint64, bits: NDArray[np.uint8], found: NDArray[np.bool_]) -> None:
    for at in range(columns.shape[1]):
        slot = _slot(columns, at, seed, 8 * len(bits))
        found[at] = slot >= 0 and bits[slot >> 3] >> (slot & 7) & 1 == 1


@compiled
def _read(columns: Columns, seed: np.uint64, slots: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    for at in range(columns.shape[1]):
        slot = _slot(columns, at, seed, len(slots))
        out[at] = slots[slot] if slot >= 0 else 0
