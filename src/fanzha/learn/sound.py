"""The sound of texts: Mandarin syllables without tones in place of Chinese characters, so that homophones are alike."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.learn.codes import CodePoints

FIRST_SYLLABLE = 0xF8000  # private use area: one code point for each syllable
_FIRST_HAN, _END_HAN = 0x3400, 0xA000
_LONGEST_WORD, _LONGEST_SYLLABLE = 12, 6  # Latin letters


class SyllableTable(NamedTuple):
    """The syllable number of each character from U+3400 (0 none), and of each syllable spelt in Latin letters.

    `spellings` are ascending, each packed into one integer of up to six ASCII letters.
    """

    syllables: NDArray[np.uint16]
    spellings: NDArray[np.uint64]
    numbers: NDArray[np.uint16]


@cache
def syllable_table() -> SyllableTable:
    """Load the shipped table."""
    with files("fanzha.learn").joinpath("data/sounds.npz").open("rb") as file, np.load(file) as data:
        return SyllableTable(data["syllables"], data["spellings"], data["numbers"])


def sound(folded: CodePoints) -> CodePoints:
    """Return folded texts with a syllable code for each Chinese character and each Latin syllable beside one.

    Characters without a syllable stay as they are.
    """
    table = syllable_table()
    out = np.empty(folded.codes.size, np.uint32)
    ends = np.empty(folded.offsets.size, np.int64)
    used = _sound(folded.codes, folded.offsets, table.syllables, table.spellings, table.numbers, out, ends)
    return CodePoints(out[:used], ends)


@compiled
def _sound(
    codes: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    syllables: NDArray[np.uint16],
    spellings: NDArray[np.uint64],
    numbers: NDArray[np.uint16],
    out: NDArray[np.uint32],
    ends: NDArray[np.int64],
) -> int:
    used = 0
    ends[0] = 0
    for row in range(offsets.size - 1):
        position, stop = offsets[row], offsets[row + 1]
        while position < stop:
            code = codes[position]
            if _FIRST_HAN <= code < _END_HAN:
                number = syllables[code - _FIRST_HAN]
                out[used] = FIRST_SYLLABLE + number if number > 0 else code
                used += 1
                position += 1
                continue
            end = position
            while end < stop and 97 <= codes[end] <= 122:
                end += 1
            size = 0
            if 2 <= end - position <= _LONGEST_WORD:
                before = position > offsets[row] and _FIRST_HAN <= codes[position - 1] < _END_HAN
                if before or (end < stop and _FIRST_HAN <= codes[end] < _END_HAN):
                    size = _spelt(codes, position, end, spellings, numbers, out[used:])
            if size > 0:
                used += size
                position = end
                continue
            end = max(end, position + 1)
            while position < end:
                out[used] = codes[position]
                used += 1
                position += 1
        ends[row + 1] = used
    return used


@compiled
def _spelt(
    codes: NDArray[np.uint32],
    start: int,
    end: int,
    spellings: NDArray[np.uint64],
    numbers: NDArray[np.uint16],
    out: NDArray[np.uint32],
) -> int:
    """Write the syllables that a Latin word spells, the longest first; return how many, or 0 if it spells none."""
    many = 0
    while start < end:
        size = min(_LONGEST_SYLLABLE, end - start)
        number = 0
        while size > 0 and number == 0:
            packed = np.uint64(0)
            for index in range(start, start + size):
                packed = (packed << np.uint64(8)) | np.uint64(codes[index])
            where = np.searchsorted(spellings, packed)
            if where < spellings.size and spellings[where] == packed:
                number = numbers[where]
            else:
                size -= 1
        if number == 0:
            return 0
        out[many] = FIRST_SYLLABLE + number
        many += 1
        start += size
    return many
