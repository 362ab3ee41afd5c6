"""Kernels that recompose characters that are split into components, and tell emoji apart, for `fold`."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

DOUBTFUL = 1 << 31
HEART_MARK = 0xE00E  # what the table of characters has for hearts: 信 after 微, else a space


class FoldingTable(NamedTuple):
    """The replacement of each code point, `pool[first[c] : first[c] + length[c]]`, and components that recompose.

    `part` has 1 for code points that are the first of a pair, 2 for the second; `pairs` are ascending, each the first
    code point in the upper half and the second in the lower; `whole` is what a pair becomes, with DOUBTFUL set if it
    does so only in texts that have other such pairs.
    """

    first: NDArray[np.int32]
    length: NDArray[np.uint8]
    pool: NDArray[np.uint32]
    part: NDArray[np.uint8]
    pairs: NDArray[np.uint64]
    whole: NDArray[np.uint32]


@compiled
def join_parts(
    text: NDArray[np.uint32],
    used: int,
    part: NDArray[np.uint8],
    pairs: NDArray[np.uint64],
    whole: NDArray[np.uint32],
    doubtful: bool,
) -> int:
    """Recompose the end of a text while its last two code points are a pair; return the new size."""
    while used > 1 and part[text[used - 1]] & 2 and part[text[used - 2]] & 1:
        pair = (np.uint64(text[used - 2]) << np.uint64(32)) | np.uint64(text[used - 1])
        where = np.searchsorted(pairs, pair)
        if where == pairs.size or pairs[where] != pair:
            break
        sign = whole[where]
        if sign >= DOUBTFUL and not doubtful:
            break
        text[used - 2] = sign & np.uint32(DOUBTFUL - 1)
        used -= 1
    return used


@compiled
def recompose(text: NDArray[np.uint32], size: int, table: FoldingTable, doubtful: bool) -> int:
    """Recompose the pairs of a text in place, with `doubtful` also doubtful ones; return its new size."""
    part, pairs, whole = table.part, table.pairs, table.whole
    used = 0
    for position in range(size):
        text[used] = text[position]
        used += 1
        if part[text[used - 1]] & 2:
            used = join_parts(text, used, part, pairs, whole, doubtful)
    return used


@compiled
def is_emoji(code: int) -> bool:
    return code >= 0x1F000 or 0x2600 <= code <= 0x27BF


@compiled
def is_repeated(codes: NDArray[np.uint32], position: int, start: int, stop: int) -> bool:
    """Return whether the same code point stands before or after: repeated emoji are ornament."""
    code = codes[position]
    return (position > start and codes[position - 1] == code) or (position + 1 < stop and codes[position + 1] == code)


@compiled
def is_wei(code: int) -> bool:
    """Return whether a code point is used for the first character of 微信: 微薇徽威葳 or v."""
    return code in (0x5FAE, 0x8587, 0x5FBD, 0x5A01, 0x8473, 118)
