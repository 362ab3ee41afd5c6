"""Open-addressing hash tables over rows of 64-bit words; Python, numpy and kernels probe the same bytes.

A row is stored at its home slot or in the next free row. Extra rows after the last home slot avoid wrap-around, and the
last row is always empty, so that every probe ends. An empty row has 0 as its first word.
"""

from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.claims.snapshot_format.container import SnapshotFile

FILL = 0.55  # load factor: about 1.6 probes for a hit, 3 for a miss
TAIL = 1_024  # rows after the last home slot
LONGEST_PROBE = 128

Uint64Array = NDArray[np.uint64]


class HashTable(NamedTuple):
    """Rows [slots + TAIL, words] with the multiplier and slot count that determine home slots."""

    rows: Uint64Array
    multiplier: int  # odd, 64 bits
    slots: int  # below 2^32


@compiled
def home_slot(key: np.uint64, multiplier: np.uint64, slots: np.uint64) -> np.uint64:
    """Return the home slot of a key: the upper half of the product, scaled to the number of slots."""
    return np.uint64((((key * multiplier) >> np.uint64(32)) * slots) >> np.uint64(32))


@compiled
def insert_rows(
    rows: Uint64Array, keys: Uint64Array, multiplier: np.uint64, slots: np.uint64, table: Uint64Array
) -> int:
    """Insert rows into an empty table by key; return the longest probe, -1 if the tail is too short."""
    longest = 0
    for row in range(len(rows)):
        first = at = np.int64(home_slot(keys[row], multiplier, slots))
        while table[at, 0] != 0:
            at += 1
        if at >= len(table) - 1:
            return -1
        table[at] = rows[row]
        if at - first > longest:
            longest = int(at - first)
    return longest


@compiled
def is_inconsistent(table: Uint64Array, shift: np.uint64, multiplier: np.uint64, slots: np.uint64, used: int) -> bool:
    """Return whether a row cannot be reached from its home slot, or the number of used rows differs from `used`."""
    gap, found = np.int64(-1), 0
    for at in range(len(table)):
        word = table[at, 0]
        if word == 0:
            gap = np.int64(at)
            continue
        found += 1
        first = np.int64(home_slot(word >> shift, multiplier, slots))
        if first <= gap or first > at:
            return True
    return found != used or table[len(table) - 1, 0] != 0


def build_table(rows: Uint64Array, salt: bytes, *, shift: int = 0) -> HashTable:
    """Build a table from rows [n, words]. The key is word 0 >> shift and never 0; in rows of three words also word 1.

    The multiplier is derived from the salt; multipliers that cause long probes are skipped. The same rows, in any
    order, give the same table. Raise ValueError if a key occurs twice.
    """
    rows = _sort_rows(rows, shift)
    keys = rows[:, 0] >> np.uint64(shift)
    slots = max(1, int(len(rows) / FILL))
    best, shortest = None, -1
    for multiplier in multipliers(salt, 16):
        table = np.zeros((slots + TAIL, rows.shape[1]), np.uint64)
        longest = insert_rows(rows, keys, np.uint64(multiplier), np.uint64(slots), table)
        if longest >= 0 and (best is None or longest < shortest):
            best, shortest = HashTable(table, multiplier, slots), longest
        if best is not None and shortest <= LONGEST_PROBE:
            return best
    if best is None:
        raise ValueError("no multiplier spreads these keys")
    return best


def _sort_rows(rows: Uint64Array, shift: int) -> Uint64Array:
    has_pair_key = rows.shape[1] == 3
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0])) if has_pair_key else np.argsort(rows[:, 0], kind="stable")]
    keys = rows[:, :2] if has_pair_key else rows[:, :1] >> np.uint64(shift)
    if (keys[1:] == keys[:-1]).all(axis=1).any():
        raise ValueError("duplicate key")
    return rows


def multipliers(salt: bytes, count: int) -> list[int]:
    """Return odd 64-bit multipliers derived from the salt."""
    drawn = (
        blake2b(bytes([number]), key=salt, digest_size=8, person=b"multiplier").digest() for number in range(count)
    )
    return [int.from_bytes(number, "little") | 1 for number in drawn]


_LOW_32_BITS = (1 << 32) - 1


class HashTableReader:
    """Reads one table of a file in plain Python, one key at a time: a kernel call would cost more than the look-up.

    Rows are key and value, or both halves of the key and value.
    """

    def __init__(self, file: SnapshotFile, name: str) -> None:
        """Map the table; nothing is copied."""
        section = file.section(name)
        self._words = memoryview(file.section_bytes(name)).cast("Q")
        self._multiplier, self._slots, self.used = section.multiplier, section.slots, section.used

    def get(self, key: int) -> int | None:
        """Return the value of a key in a table of two words."""
        words, at = self._words, (key * self._multiplier >> 32 & _LOW_32_BITS) * self._slots >> 32 << 1
        while word := words[at]:
            if word == key:
                return words[at + 1]
            at += 2
        return None

    def get_by_pair(self, key: int, second: int) -> int | None:
        """Return the value of a key in a table of three words."""
        words, at = self._words, ((key * self._multiplier >> 32 & _LOW_32_BITS) * self._slots >> 32) * 3
        while word := words[at]:
            if word == key and words[at + 1] == second:
                return words[at + 2]
            at += 3
        return None


def read_table(file: SnapshotFile, name: str) -> HashTable:
    """Return the table in a section of a file."""
    section = file.section(name)
    return HashTable(file.words(name), section.multiplier, section.slots)
