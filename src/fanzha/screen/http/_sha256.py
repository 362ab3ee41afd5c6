"""The first 16 bits of SHA-256 (FIPS 180-4) of millions of numbers; hashlib would hash one number a call."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.claims.snapshot_format.keys import SHORT

_BITS = 16
BUCKETS = 1 << _BITS


def _roots() -> tuple[list[int], list[int]]:
    """Return the constants: first 32 fractional bits of square and cube roots of the first primes."""
    primes = [n for n in range(2, 312) if all(n % d for d in range(2, int(n**0.5) + 1))]
    return [_fraction(prime, 2) for prime in primes[:8]], [_fraction(prime, 3) for prime in primes[:64]]


def _fraction(number: int, root: int) -> int:
    """Return the first 32 fractional bits of the square or cube root of a number, in integer arithmetic."""
    scaled, low, high = number << 32 * root, 0, 1 << 40
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**root <= scaled else (low, middle)
    return low & 0xFFFF_FFFF


_START, _ROUND = (np.array(words, np.uint32) for words in _roots())
_PLUS = np.uint32(ord("+"))


@compiled
def _rotate(word: np.uint32, bits: int) -> np.uint32:
    return np.uint32((word >> np.uint32(bits)) | (word << np.uint32(32 - bits)))


@compiled
def _write(key: np.uint64, words: NDArray[np.uint32]) -> None:
    """Write the text of a number's key as one padded block: + and digits, or digits alone for short numbers."""
    words[:16] = 0
    plus = key < np.uint64(SHORT)
    remaining = key if plus else key - np.uint64(SHORT)
    digits = 1
    power = np.uint64(10)
    while remaining >= power:
        power *= np.uint64(10)
        digits += 1
    length = digits + (1 if plus else 0)
    for at in range(length - 1, -1, -1):
        character = np.uint32(48) + np.uint32(remaining % np.uint64(10))
        remaining //= np.uint64(10)
        if plus and at == 0:
            character = _PLUS
        words[at // 4] |= character << np.uint32(24 - 8 * (at % 4))
    words[length // 4] |= np.uint32(0x80) << np.uint32(24 - 8 * (length % 4))
    words[15] = np.uint32(8 * length)


@compiled
def _first_word(words: NDArray[np.uint32], start: NDArray[np.uint32], rounds: NDArray[np.uint32]) -> np.uint32:
    """Return the first 32 bits of the hash of a block; `words` has room for 64."""
    for at in range(16, 64):
        early, late = words[at - 15], words[at - 2]
        low = _rotate(early, 7) ^ _rotate(early, 18) ^ (early >> np.uint32(3))
        high = _rotate(late, 17) ^ _rotate(late, 19) ^ (late >> np.uint32(10))
        words[at] = words[at - 16] + low + words[at - 7] + high
    a, b, c, d, e, f, g, h = start[0], start[1], start[2], start[3], start[4], start[5], start[6], start[7]
    for at in range(64):
        sum_e = _rotate(e, 6) ^ _rotate(e, 11) ^ _rotate(e, 25)
        first = np.uint32(h + sum_e + ((e & f) ^ (~e & g)) + rounds[at] + words[at])
        sum_a = _rotate(a, 2) ^ _rotate(a, 13) ^ _rotate(a, 22)
        second = np.uint32(sum_a + ((a & b) ^ (a & c) ^ (b & c)))
        h, g, f, e, d, c, b, a = g, f, e, np.uint32(d + first), c, b, a, np.uint32(first + second)
    return np.uint32(start[0] + a)


@compiled
def _fill(
    keys: NDArray[np.uint64], start: NDArray[np.uint32], rounds: NDArray[np.uint32], buckets: NDArray[np.uint16]
) -> None:
    words = np.zeros(64, np.uint32)
    for row in range(len(keys)):
        _write(keys[row], words)
        buckets[row] = np.uint16(_first_word(words, start, rounds) >> np.uint32(16))


def hash_buckets(keys: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Return the first 16 bits of the SHA-256 of each number's canonical text (snapshot keys)."""
    buckets = np.empty(len(keys), np.uint16)
    _fill(keys, _START, _ROUND, buckets)
    return buckets
