"""Open-addressing tables over rows of 64-bit words, laid out so that Python, numpy and kernels probe the same bytes.

A row belongs at `home` or in the next free row behind it; rows behind the last home keep a probe from wrapping round,
and the very last row is always empty, so that every probe ends. An empty row has 0 for its first word.
"""

from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.claims.snapshot_format.container import SnapshotFile

FILL = 0.55  # of the rows: about 1.6 probes for a number that is there, 3 for one that is not
TAIL = 1_024  # rows behind the last home
LONGEST_PROBE = 128
INDEX_BITS = 14  # of a slot of numbers: below its 50-bit key
INDEX_END = 1 << INDEX_BITS

Words = NDArray[np.uint64]


class HashTable(NamedTuple):
    """Rows [places + TAIL, words] and the two figures that say where a key's home is."""

    rows: Words
    multiplier: int  # odd, 64 bits
    slots: int  # below 2^32


@compiled
def home_slot(key: np.uint64, multiplier: np.uint64, places: np.uint64) -> np.uint64:
    """Return the row where a key belongs: the upper half of a product, scaled to the rows there are."""
    return np.uint64((((key * multiplier) >> np.uint64(32)) * places) >> np.uint64(32))


@compiled
def insert_rows(rows: Words, keys: Words, multiplier: np.uint64, places: np.uint64, table: Words) -> int:
    """Put rows into an empty table, each by its key; return the longest probe, -1 when the tail is too short."""
    longest = 0
    for row in range(len(rows)):
        first = at = np.int64(home_slot(keys[row], multiplier, places))
        while table[at, 0] != 0:
            at += 1
        if at >= len(table) - 1:
            return -1
        table[at] = rows[row]
        if at - first > longest:
            longest = int(at - first)
    return longest


@compiled
def is_inconsistent(table: Words, shift: np.uint64, multiplier: np.uint64, places: np.uint64, used: int) -> bool:
    """Return whether any row could not be found from its home, or not as many are used as are said to be."""
    gap, found = np.int64(-1), 0
    for at in range(len(table)):
        word = table[at, 0]
        if word == 0:
            gap = np.int64(at)
            continue
        found += 1
        first = np.int64(home_slot(word >> shift, multiplier, places))
        if first <= gap or first > at:
            return True
    return found != used or table[len(table) - 1, 0] != 0


def build_table(rows: Words, salt: bytes, *, shift: int = 0) -> HashTable:
    """Return a table of rows [n, words]; the key is word 0 >> shift, never 0, in rows of three words word 1 with it.

    The multiplier follows from the salt; one by which keys crowd is not taken. The same rows, in any order, give the
    same table. Raises ValueError when a key stands twice.
    """
    rows = _sorted(rows, shift)
    keys = rows[:, 0] >> np.uint64(shift)
    places = max(1, int(len(rows) / FILL))
    best, shortest = None, -1
    for multiplier in multipliers(salt, 16):
        table = np.zeros((places + TAIL, rows.shape[1]), np.uint64)
        longest = insert_rows(rows, keys, np.uint64(multiplier), np.uint64(places), table)
        if longest >= 0 and (best is None or longest < shortest):
            best, shortest = HashTable(table, multiplier, places), longest
        if best is not None and shortest <= LONGEST_PROBE:
            return best
    if best is None:
        raise ValueError("no multiplier spreads these keys")
    return best


def _sorted(rows: Words, shift: int) -> Words:
    two = rows.shape[1] == 3
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0])) if two else np.argsort(rows[:, 0], kind="stable")]
    keys = rows[:, :2] if two else rows[:, :1] >> np.uint64(shift)
    if (keys[1:] == keys[:-1]).all(axis=1).any():
        raise ValueError("a key stands twice")
    return rows


def multipliers(salt: bytes, count: int) -> list[int]:
    """Return odd 64-bit multipliers drawn by the salt."""
    drawn = (blake2b(bytes([one]), key=salt, digest_size=8, person=b"multiplier").digest() for one in range(count))
    return [int.from_bytes(one, "little") | 1 for one in drawn]


_LOW = (1 << 32) - 1


class TableReader:
    """One table of a file: key, value; or key, second half of the key, value."""

    def __init__(self, file: SnapshotFile, name: str) -> None:
        """Take the table as it lies in memory."""
        one = file.section(name)
        self._words = memoryview(file.section_bytes(name)).cast("Q")
        self._multiplier, self._places, self.used = one.multiplier, one.slots, one.used

    def get(self, key: int) -> int | None:
        """Return the value of a key in a table of two words."""
        words, at = self._words, (key * self._multiplier >> 32 & _LOW) * self._places >> 32 << 1
        while word := words[at]:
            if word == key:
                return words[at + 1]
            at += 2
        return None

    def get_by_pair(self, key: int, second: int) -> int | None:
        """Return the value of a key in a table of three words."""
        words, at = self._words, ((key * self._multiplier >> 32 & _LOW) * self._places >> 32) * 3
        while word := words[at]:
            if word == key and words[at + 1] == second:
                return words[at + 2]
            at += 3
        return None


def read_table(file: SnapshotFile, name: str) -> HashTable:
    """Return the table in a section of a file."""
    section = file.section(name)
    return HashTable(file.words(name), section.multiplier, section.slots)
