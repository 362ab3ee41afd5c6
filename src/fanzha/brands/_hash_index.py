"""Rolling hashes of byte strings and indexes by hash; names with omitted letters are looked up without building them.

A code is sum(byte * BASE^place) modulo 2^64, computed from prefix sums. Index hits are verified byte by byte.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

BASE = np.uint64(0x9E3779B97F4A7C15)
LONGEST = 256  # maximum number of bytes of a host

_SPREAD = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_NONE = np.uint64(0)
_ONE = np.uint64(1)
_SIX = np.uint64(6)
_LAST_SIX = np.uint64(63)


def powers() -> NDArray[np.uint64]:
    """Return BASE^0 … BASE^LONGEST."""
    values = np.full(LONGEST + 1, BASE, dtype=np.uint64)
    values[0] = 1
    return np.multiply.accumulate(values)


@compiled
def prefix_codes(text: NDArray[np.uint8], first: int, last: int, codes: NDArray[np.uint64]) -> None:
    """Fill codes[i] with the code of text[first : first + i]."""
    codes[0] = _NONE
    for index in range(last - first):
        codes[index + 1] = codes[index] * BASE + np.uint64(text[first + index])


@compiled
def part(codes: NDArray[np.uint64], powers: NDArray[np.uint64], first: int, last: int) -> np.uint64:
    """Return the code of the part [first, last)."""
    code: np.uint64 = codes[last] - codes[first] * powers[last - first]
    return code


@compiled
def spread(code: np.uint64) -> np.uint64:
    """Mix a code so that its low bits are evenly distributed (the finaliser of MurmurHash3)."""
    mixed = (code ^ (code >> _HALF)) * _SPREAD
    return mixed ^ (mixed >> _HALF)


@compiled
def build(codes: NDArray[np.uint64], values: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return an open-addressing index of code -> values; a slot holds 32 bits of the code and the value + 1."""
    size = 16
    while size < 2 * codes.size:
        size *= 2
    slots = np.zeros(size, dtype=np.uint64)
    for row in range(codes.size):
        code = spread(codes[row])
        entry = (code >> _HALF) << _HALF | np.uint64(values[row] + 1)
        slot = int(np.int64(code & np.uint64(size - 1)))
        while slots[slot] != _NONE and slots[slot] != entry:
            slot = (slot + 1) & (size - 1)
        slots[slot] = entry
    return slots


@compiled
def find(slots: NDArray[np.uint64], code: np.uint64, after: int) -> int:
    """Return the next slot with the code, or -1; `after` is the previous slot, -1 at first."""
    code = spread(code)
    mask = slots.size - 1
    slot = int(np.int64(code & np.uint64(mask))) if after < 0 else (after + 1) & mask
    while slots[slot] != _NONE:
        if slots[slot] >> _HALF == code >> _HALF:
            return slot
        slot = (slot + 1) & mask
    return -1


@compiled
def value(slots: NDArray[np.uint64], slot: int) -> int:
    """Return the value in a slot."""
    return int(np.int64(slots[slot] & _LOW)) - 1


@compiled
def bits(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a Bloom filter of 16 bits for each code."""
    size = 1024
    while size < 16 * codes.size:
        size *= 2
    marks = np.zeros(size // 64, dtype=np.uint64)
    for row in range(codes.size):
        bit = spread(codes[row]) & np.uint64(size - 1)
        marks[bit >> _SIX] |= _ONE << (bit & _LAST_SIX)
    return marks


@compiled
def may_hold(marks: NDArray[np.uint64], code: np.uint64) -> bool:
    """Return False if a code is certainly not in the filter."""
    bit = spread(code) & np.uint64(64 * marks.size - 1)
    is_marked: bool = marks[bit >> _SIX] >> (bit & _LAST_SIX) & _ONE != _NONE
    return is_marked


@compiled
def row_codes(text: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the code of each row text[starts[i] : starts[i + 1]]."""
    codes = np.zeros(starts.size - 1, dtype=np.uint64)
    for row in range(starts.size - 1):
        for position in range(starts[row], starts[row + 1]):
            codes[row] = codes[row] * BASE + np.uint64(text[position])
    return codes


@compiled
def neighbour_codes(
    text: NDArray[np.uint8], starts: NDArray[np.int64], powers: NDArray[np.uint64], min_size_one: int, min_size_two: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Return the codes of rows with one byte omitted, and with two omitted.

    Only rows of at least `min_size_one` (`min_size_two`) bytes are used.
    """
    total = 0
    for row in range(starts.size - 1):
        size = starts[row + 1] - starts[row]
        total += (1 + size if size >= min_size_one else 0) + (size * (size - 1) // 2 if size >= min_size_two else 0)
    codes, rows = np.empty(total, dtype=np.uint64), np.empty(total, dtype=np.int32)
    prefix = np.zeros(LONGEST, dtype=np.uint64)
    at = 0
    for row in range(starts.size - 1):
        size = starts[row + 1] - starts[row]
        if size < min_size_one:
            continue
        prefix_codes(text, starts[row], starts[row + 1], prefix)
        codes[at], rows[at] = prefix[size], row
        at += 1
        for left in range(size):
            head = without(prefix, powers, size, left)
            codes[at], rows[at] = head, row
            at += 1
            for right in range(left + 1, size if size >= min_size_two else 0):
                codes[at], rows[at] = without_two(prefix, powers, size, left, right), row
                at += 1
    return codes, rows


@compiled
def without(codes: NDArray[np.uint64], powers: NDArray[np.uint64], size: int, position: int) -> np.uint64:
    """Return the code of a name of `size` bytes without one byte."""
    code: np.uint64 = codes[position] * powers[size - position - 1] + part(codes, powers, position + 1, size)
    return code


@compiled
def without_two(codes: NDArray[np.uint64], powers: NDArray[np.uint64], size: int, left: int, right: int) -> np.uint64:
    """Return the code of a name without two bytes, left < right."""
    head = codes[left] * powers[right - left - 1] + part(codes, powers, left + 1, right)
    code: np.uint64 = head * powers[size - right - 1] + part(codes, powers, right + 1, size)
    return code
