"""Kernels of text codes: pack digits, look other texts up in an open hash table of their bytes or add them.

A packed code has the value in bits 0-56, the number of digits in 57-61 and the plus sign in 62; an interned one has no
digits there.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows.facts import UNKNOWN

MOST_DIGITS = 17
LENGTH_BIT = 57
PLUS_BIT = 62


@compiled
def pack_digits(value: int, length: int, plus: bool) -> int:
    """Return the code of so many digits."""
    return value | (length << LENGTH_BIT) | (int(plus) << PLUS_BIT)


@compiled
def word_at(data: NDArray[np.uint8], at: int) -> np.uint64:
    """Return eight bytes as one number (the compiler makes one load of it)."""
    low = np.uint64(data[at]) | np.uint64(data[at + 1]) << np.uint64(8) | np.uint64(data[at + 2]) << np.uint64(16)
    low |= np.uint64(data[at + 3]) << np.uint64(24) | np.uint64(data[at + 4]) << np.uint64(32)
    low |= np.uint64(data[at + 5]) << np.uint64(40) | np.uint64(data[at + 6]) << np.uint64(48)
    return np.uint64(low | np.uint64(data[at + 7]) << np.uint64(56))


@compiled
def hash_bytes(data: NDArray[np.uint8], start: int, size: int, seed: np.uint64) -> np.uint64:
    """Hash bytes, eight at a time, with a seed (the mixing of MurmurHash3)."""
    state = seed ^ np.uint64(size)
    whole = size & ~7
    for at in range(start, start + whole, 8):
        state = (state ^ word_at(data, at)) * np.uint64(0xFF51AFD7ED558CCD)
        state ^= state >> np.uint64(33)
    tail = np.uint64(0)
    for at in range(start + whole, start + size):
        tail = (tail << np.uint64(8)) | np.uint64(data[at])
    state = (state ^ tail) * np.uint64(0xFF51AFD7ED558CCD)
    state ^= state >> np.uint64(33)
    state *= np.uint64(0xC4CEB9FE1A85EC53)
    return np.uint64(state ^ (state >> np.uint64(33)))


@compiled
def digits_of(data: NDArray[np.uint8], start: int, stop: int) -> int:
    """Return the packed code of an all-digit text, -1 for another."""
    plus = stop > start and data[start] == 43
    first = start + 1 if plus else start
    length = stop - first
    if length < 1 or length > MOST_DIGITS:
        return -1
    value = 0
    for at in range(first, stop):
        digit = int(data[at]) - 48
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return pack_digits(value, length, plus)


@compiled
def same_bytes(data: NDArray[np.uint8], start: int, stored: NDArray[np.uint8], where: int, size: int) -> bool:
    """Compare bytes."""
    at = 0
    while at + 8 <= size and word_at(data, start + at) == word_at(stored, where + at):
        at += 8
    while at < size and data[start + at] == stored[where + at]:
        at += 1
    return at == size


@compiled
def copy_bytes(target: NDArray[np.uint8], to: int, source: NDArray[np.uint8], start: int, size: int) -> None:
    """Copy bytes: numba takes ten times as long to compile an assignment of slices."""
    for offset in range(size):
        target[to + offset] = source[start + offset]


@compiled
def encode(
    offsets: NDArray[np.int64],
    data: NDArray[np.uint8],
    missing: NDArray[np.bool_],
    seed: np.uint64,
    now: int,
    slots: NDArray[np.int64],
    starts: NDArray[np.int64],
    sizes: NDArray[np.int32],
    used: NDArray[np.int64],
    stored: NDArray[np.uint8],
    counts: NDArray[np.int64],
    free: NDArray[np.int64],
    max_texts: int,
    out: NDArray[np.int64],
) -> None:
    """Write the code of each text; the tables have room for all of them.

    When `max_texts` texts are stored, a new text is not stored: its code is UNKNOWN.
    """
    last = np.uint64(len(slots) - 1)
    for row in range(len(out)):
        start, stop = offsets[row], offsets[row + 1]
        if missing[row]:
            out[row] = UNKNOWN
            continue
        code = digits_of(data, start, stop)
        if code >= 0:
            out[row] = code
            continue
        size = stop - start
        slot = hash_bytes(data, start, size, seed) & last
        while slots[slot] != 0:
            code = slots[slot] - 1
            if sizes[code] == size and same_bytes(data, start, stored, starts[code], size):
                break
            slot = (slot + np.uint64(1)) & last
        if slots[slot] == 0:
            if counts[0] - counts[2] >= max_texts:
                out[row] = UNKNOWN
                continue
            if counts[2] > 0:
                counts[2] -= 1
                code = free[counts[2]]
            else:
                code = counts[0]
                counts[0] += 1
            slots[slot] = code + 1
            starts[code], sizes[code] = counts[1], size
            copy_bytes(stored, counts[1], data, start, size)
            counts[1] += size
        used[code] = max(used[code], now)
        out[row] = code


@compiled
def rebuild(
    seed: np.uint64,
    starts: NDArray[np.int64],
    sizes: NDArray[np.int32],
    stored: NDArray[np.uint8],
    codes: int,
    slots: NDArray[np.int64],
    fresh: NDArray[np.uint8],
    moved: NDArray[np.int64],
) -> int:
    """Copy the live codes into empty tables, codes unchanged; return the bytes used."""
    last = np.uint64(len(slots) - 1)
    end = 0
    for code in range(codes):
        size = int(sizes[code])
        if size < 0:
            continue
        slot = hash_bytes(stored, starts[code], size, seed) & last
        while slots[slot] != 0:
            slot = (slot + np.uint64(1)) & last
        slots[slot] = code + 1
        copy_bytes(fresh, end, stored, starts[code], size)
        moved[code] = end
        end += size
    return end
