"""Keep the strongest imitation found in one host, within what a brand's needs and calibration allow."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.brands._comparing import word
from fanzha.brands._tables import (
    APART,
    BAIT,
    COMPANION,
    GOVERNMENT,
    HOMOGLYPH,
    INSIDE,
    NEEDS_GOV,
    NEEDS_WORD,
    OFF,
    SUFFIX,
    Names,
    Scratch,
)


class Best(NamedTuple):
    """The strongest offer so far, and what stands in the host beside any brand; arrays of one."""

    score: NDArray[np.float64]
    brand: NDArray[np.int64]
    key: NDArray[np.int64]
    group: NDArray[np.int64]
    length: NDArray[np.int64]
    distance: NDArray[np.int64]
    bait: NDArray[np.bool_]
    government: NDArray[np.bool_]


def nothing() -> Best:
    """Return room for the best offer."""
    brand, key, group, length, distance = (np.zeros(1, np.int64) for _ in range(5))
    bait, government = np.zeros(1, np.bool_), np.zeros(1, np.bool_)
    return Best(np.zeros(1, np.float64), brand, key, group, length, distance, bait, government)


@compiled
def look_around(names: Names, room: Scratch, size: int, best: Best) -> None:
    """Start a host: note whether a bait word or a government token stands in it."""
    best.score[0], best.brand[0], best.key[0] = 0.0, -1, -1
    best.bait[0] = best.government[0] = False
    first, dots = size, 0
    while first > 0 and dots < 3:  # far down a long host name words are machines, not bait
        first -= 1
        dots += room.text[first] == 46
    first = first + 1 if dots == 3 else 0
    for place in range(first + 1, size + 1):
        if not room.begins[place]:
            continue
        bits = word(names, room, first, place)
        for width in range(3, 6, 2):
            if place - first > width:
                for begin in range(first, place - width + 1, place - width - first):
                    bits |= word(names, room, begin, begin + width) & GOVERNMENT
        best.bait[0] |= bits & BAIT != 0
        best.government[0] |= bits & GOVERNMENT != 0
        first = place + 1 if place < size and room.text[place] == 46 else place


@compiled
def offer(
    names: Names, best: Best, brand: int, key: int, group: int, score: float, length: int, distance: int, apart: bool,
) -> None:  # fmt: skip
    """Take an offer when it is stronger than the best so far and the brand allows this group of tricks."""
    if score < best.score[0] or (score == best.score[0] and length <= best.length[0]):
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
