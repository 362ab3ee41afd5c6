"""Kernel that replaces homophones of the words that texts disguise, for `fold`."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

_FIRST_HAN, _END_HAN = 0x3400, 0xA000
_SYLLABLES = 512  # more than the table has


class HomophoneTable(NamedTuple):
    """The words by their sound, and what sounds like one but stays.

    `syllables` has the number of each character's syllable from U+3400, 0 for none. `sizes[512 * a + b]` has bit n set
    if a word of n characters begins with syllables a and b. `keys` are ascending: the syllables of a word, 16 bits
    each, the first in the lowest; `words` are its characters packed alike. `kept` are runs of characters, packed alike
    and ascending.
    """

    syllables: NDArray[np.uint16]
    sizes: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    words: NDArray[np.uint64]
    kept: NDArray[np.uint64]


@cache
def homophone_table() -> HomophoneTable:
    """Load the shipped table."""
    with files("fanzha.learn").joinpath("data/homophones.npz").open("rb") as file, np.load(file) as data:
        syllables, keys, words, kept = data["syllables"], data["keys"], data["words"], data["kept"]
    sizes = np.zeros(_SYLLABLES * _SYLLABLES, np.uint8)
    size = 2 + (keys >> np.uint64(32) > 0).astype(np.int64) + (keys >> np.uint64(48) > 0)
    pairs = (keys & np.uint64(0xFFFF)) * np.uint64(_SYLLABLES) + (keys >> np.uint64(16) & np.uint64(0xFFFF))
    np.bitwise_or.at(sizes, pairs.astype(np.int64), (1 << size).astype(np.uint8))
    return HomophoneTable(syllables, sizes, keys, words, kept)


@compiled
def restore_words(text: NDArray[np.uint32], size: int, table: HomophoneTable) -> None:
    """Replace the homophones of the table's words in one text, in place, the longest first."""
    syllables, sizes = table.syllables, table.sizes
    position = 0
    second = _syllable(text[0], syllables) if size > 0 else 0
    while position + 1 < size:
        first, second = second, _syllable(text[position + 1], syllables)
        step = 1
        if first > 0 and second > 0:
            lengths = sizes[_SYLLABLES * first + second]
            if lengths:
                step = _restore(text, position, size, lengths, table)
                if step > 1 and position + step < size:
                    second = _syllable(text[position + step], syllables)
        position += step


@compiled
def _syllable(code: int, syllables: NDArray[np.uint16]) -> int:
    return int(syllables[code - _FIRST_HAN]) if _FIRST_HAN <= code < _END_HAN else 0


@compiled
def _restore(text: NDArray[np.uint32], position: int, size: int, lengths: int, table: HomophoneTable) -> int:
    """Write the word that sounds like the run at `position`; return its length, or 1 if there is none.

    The run stays if its last character begins one of the words as it is written.
    """
    for length in range(4, 1, -1):
        if not lengths >> length & 1 or position + length > size:
            continue
        word, run = _word_at(text, position, length, table)
        if word == 0:
            continue
        if word == run:
            return length
        kept = np.searchsorted(table.kept, run)
        if kept < table.kept.size and table.kept[kept] == run:
            continue
        if position + length < size:
            following, written = _word_at(text, position + length - 1, 2, table)
            if following > 0 and following == written:
                continue
        for index in range(length):
            text[position + index] = np.uint32(word >> np.uint64(16 * index) & np.uint64(0xFFFF))
        return length
    return 1


@compiled
def _word_at(
    text: NDArray[np.uint32], position: int, length: int, table: HomophoneTable
) -> tuple[np.uint64, np.uint64]:
    """Return the word that sounds like a run of characters (0 none), and the run, both packed."""
    key, run = np.uint64(0), np.uint64(0)
    for index in range(length - 1, -1, -1):
        code = text[position + index]
        number = _syllable(code, table.syllables)
        if number == 0:
            return np.uint64(0), run
        key = (key << np.uint64(16)) | np.uint64(number)
        run = (run << np.uint64(16)) | np.uint64(code)
    where = np.searchsorted(table.keys, key)
    if where == table.keys.size or table.keys[where] != key:
        return np.uint64(0), run
    return table.words[where], run
