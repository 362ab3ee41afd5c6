"""A host as hashed features, in a compiled kernel: what its registered name is made of, no subdomains but for brands.

Subdomains are left out because lists of innocent sites hold few of them: a model that counted them would learn how a
list was made. Feature codes are FNV-1a of a class byte and the feature's bytes, cut to `BITS`.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

BITS = 16
SHORTEST, LONGEST = 2, 5  # letters of the n-grams
MOST = 512  # features of one host

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
    for place in range(first, last):
        code = (code ^ np.uint64(text[place])) * _PRIME
    return int(np.int64((code ^ (code >> _FOLD)) & _MASK))


@compiled
def features_of(
    text: NDArray[np.uint8], first: int, last: int, brand: NDArray[np.uint8], room: NDArray[np.uint8],
    out: NDArray[np.int32],
) -> int:  # fmt: skip
    """Write the feature codes of the registered name text[first:last] to out; return how many there are.

    `brand` are small numbers about the brand match of the host; they are features as they are.
    """
    end = first
    while end < last and text[end] != DOT:
        end += 1
    size = min(end - first, 62)
    room[0], room[size + 1] = 94, 36  # ^ and $
    room[1 : size + 1] = text[first : first + size]
    count = digits = hyphens = run = longest = 0
    for place in range(1, size + 1):
        byte = room[place]
        digits += ZERO <= byte <= NINE
        hyphens += byte == HYPHEN
        vowel = byte in (97, 101, 105, 111, 117, 121)
        run = run + 1 if 97 <= byte <= 122 and not vowel else 0
        longest = max(longest, run)
    for width in range(SHORTEST, LONGEST + 1):
        for place in range(size + 3 - width):
            out[count] = _part(CLASS_GRAM, room, place, place + width)
            count += 1
    out[count] = _part(CLASS_SUFFIX, text, end, last)
    out[count + 1] = _number(CLASS_SIZE, min(size, 30))
    out[count + 2] = _number(CLASS_DIGITS, min(digits, 6))
    out[count + 3] = _number(CLASS_HYPHENS, min(hyphens, 4))
    out[count + 4] = _number(CLASS_RUN, min(longest, 6))
    for place in range(brand.size):
        out[count + 5 + place] = _number(CLASS_BRAND + place, brand[place])
    return count + 5 + brand.size


@compiled
def collect(
    text: NDArray[np.uint8], starts: NDArray[np.int64], firsts: NDArray[np.int64], brands: NDArray[np.uint8],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:  # fmt: skip
    """Return the feature codes of all hosts end to end, and where each host's begin.

    The registered name of host i is text[starts[i] + firsts[i] : starts[i + 1]]; `brands` is hosts × numbers.
    """
    room, out = np.zeros(70, np.uint8), np.zeros(MOST, np.int32)
    ends = np.zeros(starts.size, np.int64)
    for row in range(starts.size - 1):
        ends[row + 1] = ends[row] + features_of(
            text, starts[row] + firsts[row], starts[row + 1], brands[row], room, out
        )
    codes = np.empty(ends[-1], np.int32)
    for row in range(starts.size - 1):
        features_of(text, starts[row] + firsts[row], starts[row + 1], brands[row], room, out)
        codes[ends[row] : ends[row + 1]] = out[: ends[row + 1] - ends[row]]
    return codes, ends


@compiled
def log_odds(
    text: NDArray[np.uint8], starts: NDArray[np.int64], firsts: NDArray[np.int64], brands: NDArray[np.uint8],
    weights: NDArray[np.float32], bias: float,
) -> NDArray[np.float64]:  # fmt: skip
    """Return bias plus the weights of each host's features over the root of their number."""
    room, out = np.zeros(70, np.uint8), np.zeros(MOST, np.int32)
    scores = np.empty(starts.size - 1, np.float64)
    for row in range(starts.size - 1):
        count = features_of(text, starts[row] + firsts[row], starts[row + 1], brands[row], room, out)
        total = 0.0
        for place in range(count):
            total += weights[out[place]]
        scores[row] = bias + total / np.sqrt(count)
    return scores
