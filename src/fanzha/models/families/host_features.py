"""Hashed features of hosts, in a compiled kernel: n-grams and shape of the registered name, and the brand match.

Subdomains are left out because lists of innocent sites contain few: a model would learn how the lists were made.
Feature codes are FNV-1a of a class byte and the feature's bytes, folded to `BITS`.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

BITS = 16
SHORTEST, LONGEST = 2, 5  # letters of the n-grams
MAX_FEATURES = 512  # maximum number of features of one host

_BASIS = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_MASK = np.uint64((1 << BITS) - 1)
_FOLD = np.uint64(32)
DOT, HYPHEN, ZERO, NINE = 46, 45, 48, 57
CLASS_GRAM, CLASS_SUFFIX, CLASS_SIZE, CLASS_DIGITS, CLASS_HYPHENS, CLASS_RUN, CLASS_BRAND = range(1, 8)


@compiled
def _number(kind: int, value: int) -> int:
    code = ((_BASIS ^ np.uint64(kind)) * _PRIME ^ np.uint64(value)) * _PRIME
    return int(np.int64((code ^ (code >> _FOLD)) & _MASK))


@compiled
def _part(kind: int, text: NDArray[np.uint8], first: int, last: int) -> int:
    code = (_BASIS ^ np.uint64(kind)) * _PRIME
    for position in range(first, last):
        code = (code ^ np.uint64(text[position])) * _PRIME
    return int(np.int64((code ^ (code >> _FOLD)) & _MASK))


@compiled
def host_features(
    text: NDArray[np.uint8], first: int, last: int, brand: NDArray[np.uint8], room: NDArray[np.uint8],
    out: NDArray[np.int32],
) -> int:  # fmt: skip
    """Write the feature codes of the registered name text[first:last] to `out`; return their number.

    `brand` holds small integers that describe the brand match of the host; each is a feature.
    """
    end = first
    while end < last and text[end] != DOT:
        end += 1
    size = min(end - first, 62)
    room[0], room[size + 1] = 94, 36  # ^ and $
    room[1 : size + 1] = text[first : first + size]
    count = digits = hyphens = run = longest = 0
    for position in range(1, size + 1):
        byte = room[position]
        digits += ZERO <= byte <= NINE
        hyphens += byte == HYPHEN
        vowel = byte in (97, 101, 105, 111, 117, 121)
        run = run + 1 if 97 <= byte <= 122 and not vowel else 0
        longest = max(longest, run)
    for width in range(SHORTEST, LONGEST + 1):
        for position in range(size + 3 - width):
            out[count] = _part(CLASS_GRAM, room, position, position + width)
            count += 1
    out[count] = _part(CLASS_SUFFIX, text, end, last)
    out[count + 1] = _number(CLASS_SIZE, min(size, 30))
    out[count + 2] = _number(CLASS_DIGITS, min(digits, 6))
    out[count + 3] = _number(CLASS_HYPHENS, min(hyphens, 4))
    out[count + 4] = _number(CLASS_RUN, min(longest, 6))
    for position in range(brand.size):
        out[count + 5 + position] = _number(CLASS_BRAND + position, brand[position])
    return count + 5 + brand.size


@compiled
def host_feature_codes(
    text: NDArray[np.uint8], starts: NDArray[np.int64], firsts: NDArray[np.int64], brands: NDArray[np.uint8],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:  # fmt: skip
    """Return the concatenated feature codes of all hosts, and the offset of each host's codes.

    The registered name of host i is text[starts[i] + firsts[i] : starts[i + 1]]; `brands` is hosts × numbers.
    """
    room, out = np.zeros(70, np.uint8), np.zeros(MAX_FEATURES, np.int32)
    ends = np.zeros(starts.size, np.int64)
    for row in range(starts.size - 1):
        ends[row + 1] = ends[row] + host_features(
            text, starts[row] + firsts[row], starts[row + 1], brands[row], room, out
        )
    codes = np.empty(ends[-1], np.int32)
    for row in range(starts.size - 1):
        host_features(text, starts[row] + firsts[row], starts[row + 1], brands[row], room, out)
        codes[ends[row] : ends[row + 1]] = out[: ends[row + 1] - ends[row]]
    return codes, ends


@compiled
def log_odds(
    text: NDArray[np.uint8], starts: NDArray[np.int64], firsts: NDArray[np.int64], brands: NDArray[np.uint8],
    weights: NDArray[np.float32], bias: float,
) -> NDArray[np.float64]:  # fmt: skip
    """Return for each host the bias plus the sum of its feature weights, divided by the root of their number."""
    room, out = np.zeros(70, np.uint8), np.zeros(MAX_FEATURES, np.int32)
    scores = np.empty(starts.size - 1, np.float64)
    for row in range(starts.size - 1):
        count = host_features(text, starts[row] + firsts[row], starts[row + 1], brands[row], room, out)
        total = 0.0
        for index in range(count):
            total += weights[out[index]]
        scores[row] = bias + total / np.sqrt(count)
    return scores
