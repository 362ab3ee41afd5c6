"""The strongest match of one host, subject to each brand's requirements and calibration."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.brands._arrays import (
    APART,
    BAIT,
    COMPANION,
    GOVERNMENT,
    HOMOGLYPH,
    INSIDE,
    MOBILE,
    NEEDS_GOV,
    NEEDS_WORD,
    OFF,
    SUFFIX,
    WEAK,
    NameIndex,
    Scratch,
)
from fanzha.brands._comparison import word


class Best(NamedTuple):
    """The strongest match so far, and the companion words of the host; arrays of length 1."""

    score: NDArray[np.float64]
    brand: NDArray[np.int64]
    key: NDArray[np.int64]
    group: NDArray[np.int64]
    length: NDArray[np.int64]
    distance: NDArray[np.int64]
    bait: NDArray[np.bool_]
    weak: NDArray[np.bool_]  # a weak bait word
    government: NDArray[np.bool_]
    mobile: NDArray[np.bool_]  # a word of sites for phones
    random: NDArray[np.bool_]  # the registrable label looks like letters at random


def empty_best() -> Best:
    """Return an empty best match."""
    brand, key, group, length, distance = (np.zeros(1, np.int64) for _ in range(5))
    bait, weak, government, mobile, random = (np.zeros(1, np.bool_) for _ in range(5))
    return Best(np.zeros(1, np.float64), brand, key, group, length, distance, bait, weak, government, mobile, random)


@compiled
def reset_best(names: NameIndex, room: Scratch, size: int, best: Best) -> None:
    """Reset the best match for a new host, and record whether the host contains a bait word or government token."""
    best.score[0], best.brand[0], best.key[0], best.length[0] = 0.0, -1, -1, 0
    best.bait[0] = best.weak[0] = best.government[0] = best.mobile[0] = best.random[0] = False
    first, dots = size, 0
    while first > 0 and dots < 3:  # words in further subdomains name machines, not bait
        first -= 1
        dots += room.text[first] == 46
    first = first + 1 if dots == 3 else 0
    for position in range(first + 1, size + 1):
        if not room.begins[position]:
            continue
        bits = word(names, room, first, position)
        last = position
        while last > first and room.digit[last - 1]:
            last -= 1
        if bits == 0 and last > first:
            bits = word(names, room, first, last)  # kefu888
        for width in range(3, 6, 2):
            if position - first > width:
                for begin in range(first, position - width + 1, position - width - first):
                    bits |= word(names, room, begin, begin + width) & GOVERNMENT
        best.bait[0] |= bits & BAIT != 0
        best.weak[0] |= bits & WEAK != 0
        best.government[0] |= bits & GOVERNMENT != 0
        best.mobile[0] |= bits & MOBILE != 0
        first = position + 1 if position < size and room.text[position] == 46 else position


@compiled
def offer(
    names: NameIndex, best: Best, brand: int, key: int, group: int, score: float, length: int, distance: int,
    apart: bool,
) -> None:  # fmt: skip
    """Store a match if it is stronger than the best so far and the brand allows this group of tricks.

    A match of strength 0 is none.
    """
    if score <= 0 or score < best.score[0] or (score == best.score[0] and length <= best.length[0]):
        return
    allowed = names.allowed[brand, group]
    needs = names.key_needs[key] if key >= 0 else 0
    if allowed == OFF or (allowed == APART and not apart):
        return
    if needs == NEEDS_GOV and not best.government[0]:
        return
    plain = group in (SUFFIX, INSIDE, COMPANION) or length < 6
    if needs == NEEDS_WORD and plain and not (apart and group != SUFFIX) and group != HOMOGLYPH:
        return
    best.score[0], best.brand[0], best.key[0] = score, brand, key
    best.group[0], best.length[0], best.distance[0] = group, length, distance
