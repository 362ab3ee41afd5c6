"""Sets and counts of keys in little memory: a key in the set is always found, and a count is never too low.

Keys are compared by hash only, so a key may match another one, and a count may be too high. They are filters ahead
of windows, which hold the keys themselves.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows.facts import UNKNOWN
from fanzha.windows.hash_tables import mix_hash

MOST = 255  # a count that may be any number from here on
FIRST_SLOTS, LAST_SLOTS = 1 << 16, 1 << 24  # of counts, a byte each
FIRST_TAGS = 1 << 10  # of a set, four bytes each; at most half of them are taken
SLOTS_PER_FACT = 8

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
    """A set of keys: 32 bits of each key's hash in an open-addressing table."""

    def __init__(self, *, seed: int = 0) -> None:
        """Start empty; `seed` is mixed into the hash."""
        self._seed = np.uint64(seed & 0xFFFF_FFFF_FFFF_FFFF)
        self._tags = np.zeros(FIRST_TAGS, np.uint32)  # 0: free
        self._held = 0

    def __len__(self) -> int:
        """Return the number of distinct hashes."""
        return self._held

    @property
    def bytes_held(self) -> int:
        """Memory of the set in bytes."""
        return self._tags.nbytes

    def add(self, columns: Columns) -> None:
        """Add the keys of n facts."""
        begin = 0
        while begin < columns.shape[1]:
            added, begin = _mark(columns, begin, self._seed, self._tags, len(self._tags) // 2 - self._held)
            self._held += added
            if begin < columns.shape[1]:
                grown = np.zeros(2 * len(self._tags), np.uint32)
                _move(self._tags, grown)
                self._tags = grown

    def contains(self, columns: Columns) -> NDArray[np.bool_]:
        """Return which keys may be in the set; those added are."""
        found = np.empty(columns.shape[1], np.bool_)
        _find(columns, self._seed, self._tags, found)
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
def _tag(columns: Columns, at: int, seed: np.uint64) -> np.uint32:
    """Return the tag of a key, 0 if a part is unknown."""
    state = seed
    for part in range(columns.shape[0]):
        value = columns[part, at]
        if value == UNKNOWN:
            return np.uint32(0)
        state = mix_hash(state, value)
    tag = np.uint32(state >> np.uint64(32))
    return tag if tag != np.uint32(0) else np.uint32(1)


@compiled
def _count(columns: Columns, seed: np.uint64, slots: NDArray[np.uint8]) -> None:
    for at in range(columns.shape[1]):
        slot = _slot(columns, at, seed, len(slots))
        if slot >= 0 and slots[slot] < 255:
            slots[slot] += 1


@compiled
def _seek(tags: NDArray[np.uint32], tag: np.uint32) -> int:
    """Return the slot of a tag, or the free one where it belongs."""
    last = len(tags) - 1
    slot = int(tag) & last
    while tags[slot] != np.uint32(0) and tags[slot] != tag:
        slot = (slot + 1) & last
    return slot


@compiled
def _mark(columns: Columns, begin: int, seed: np.uint64, tags: NDArray[np.uint32], room: int) -> tuple[int, int]:
    """Add keys from `begin` on while there is room; return how many are new, and where it stopped."""
    added = 0
    for at in range(begin, columns.shape[1]):
        tag = _tag(columns, at, seed)
        if tag != np.uint32(0):
            slot = _seek(tags, tag)
            if tags[slot] == np.uint32(0):
                if added == room:
                    return added, at
                tags[slot] = tag
                added += 1
    return added, columns.shape[1]


@compiled
def _move(tags: NDArray[np.uint32], grown: NDArray[np.uint32]) -> None:
    for at in range(len(tags)):
        if tags[at] != np.uint32(0):
            grown[_seek(grown, tags[at])] = tags[at]


@compiled
def _find(columns: Columns, seed: np.uint64, tags: NDArray[np.uint32], found: NDArray[np.bool_]) -> None:
    for at in range(columns.shape[1]):
        tag = _tag(columns, at, seed)
        found[at] = tag != np.uint32(0) and tags[_seek(tags, tag)] == tag


@compiled
def _read(columns: Columns, seed: np.uint64, slots: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    for at in range(columns.shape[1]):
        slot = _slot(columns, at, seed, len(slots))
        out[at] = slots[slot] if slot >= 0 else 0
