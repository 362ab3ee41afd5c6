"""Build the table of words that texts disguise with homophones; the result is committed.

Usage: python tools/build_homophones.py src/fanzha/learn/data/homophones.npz --texts FILE...

Needs the packages opencc, pypinyin (MIT) and jieba (MIT). FILE... are Parquet files of ordinary texts. The words are
those of `homophones.txt`. Characters that sound like one of them become it, unless they are a word of jieba's list,
occur in an ordinary text, or are likely to meet between two words.
"""

import argparse
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from build_folding import CANTONESE, boundaries, is_level_1, word_list
from numpy.typing import NDArray
from pypinyin import lazy_pinyin

FIRST, LAST = 0x3400, 0xA000
LIKELY = 12.0  # expected occurrences of a pair between two words, among the 60 million of jieba's counts
LONGEST = 4


def pack(numbers: tuple[int, ...]) -> int:
    """Pack up to four numbers below 2^16 into one integer, the first in the lowest bits."""
    return sum(number << 16 * index for index, number in enumerate(numbers))


def pack_word(word: str) -> int:
    """Pack the characters of a word."""
    return pack(tuple(map(ord, word)))


def windows(codes: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """Return all runs of so many numbers, packed."""
    last = len(codes) - size + 1
    runs: NDArray[np.uint64] = np.zeros(last, np.uint64)
    for index in range(size):
        runs |= codes[index : last + index] << np.uint64(16 * index)
    return runs


class Readings:
    """The syllables of characters and words, numbered."""

    def __init__(self) -> None:
        spellings = [(lazy_pinyin(chr(code), errors="ignore") or [""])[0] for code in range(FIRST, LAST)]
        self.names = {name: number for number, name in enumerate(sorted({*spellings} - {""}), 1)}
        self.syllables = np.array([self.names.get(name, 0) for name in spellings], np.uint16)
        self.syllables[[ord(sign) - FIRST for sign in CANTONESE]] = 0
        self.syllables[[ord(sign) - FIRST for sign in "伽茄"]] = self.names["jia"]  # as they stand for 加
        self.alike: dict[int, list[str]] = {}
        for code in range(FIRST, LAST):
            if is_level_1(chr(code), "gb2312", 0xB0, 0xF7):
                self.alike.setdefault(int(self.syllables[code - FIRST]), []).append(chr(code))

    def of(self, word: str) -> set[int]:
        """Return the packed syllables of a word: as it is read, and character by character."""
        single = tuple(int(self.syllables[ord(sign) - FIRST]) for sign in word)
        read = tuple(self.names.get(name, 0) for name in lazy_pinyin(word))
        return {pack(single), pack(read)} if len(read) == len(word) and all(read) else {pack(single)}


def ordinary_runs(texts: list[str], syllables: NDArray[np.uint16], keys: set[int]) -> set[int]:
    """Return the packed runs of characters in ordinary texts and words that sound like one of the keys."""
    found: set[int] = set()
    codes = np.frombuffer("\n".join(texts).encode("utf-32-le"), np.uint32).astype(np.uint64)
    codes = np.where((codes >= FIRST) & (codes < LAST), codes, 0)
    sounds = np.where(codes > 0, syllables[np.maximum(codes, FIRST).astype(np.int64) - FIRST], 0).astype(np.uint64)
    for size in range(2, LONGEST + 1):
        wanted = np.array([key for key in keys if key >> 16 * (size - 1) and not key >> 16 * size], np.uint64)
        hits = np.isin(windows(sounds, size), wanted)
        found |= {int(run) for run in np.unique(windows(codes, size)[hits])}
    return found


def pair_counts(texts: list[str]) -> Counter[str]:
    """Return how often two characters follow each other."""
    pairs: Counter[str] = Counter()
    for text in texts:
        pairs.update(map("".join, itertools.pairwise(text)))
    return pairs


def likely_runs(words: list[str], readings: Readings, pairs: Counter[str]) -> Iterator[str]:
    """Return runs that sound like a word and may arise between two words.

    Of two characters, any; of more, those that differ from the word in one character.
    """
    ends, begins = boundaries()
    total = sum(ends.values())

    def is_likely(pair: str) -> bool:
        return pairs[pair] > 0 or ends[pair[0]] * begins[pair[1]] / total >= LIKELY

    for word in words:
        for key in readings.of(word):
            choices = [readings.alike.get(key >> 16 * index & 0xFFFF, []) for index in range(len(word))]
            if len(word) == 2:
                runs = map("".join, itertools.product(*choices))
            else:
                runs = (word[:at] + sign + word[at + 1 :] for at, signs in enumerate(choices) for sign in signs)
            for run in runs:
                changed = [at for at in range(len(word)) if run[at] != word[at]]
                beside = [run[at : at + 2] for at in range(len(word) - 1) if at in changed or at + 1 in changed]
                if all(map(is_likely, beside)):
                    yield run


def main() -> None:
    """Write the sound of each word, its characters, and the runs of characters that stay."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=Path)
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    asked = parser.parse_args()
    listed = (Path(__file__).parent / "homophones.txt").read_text("utf-8").split()
    words = [word for word in dict.fromkeys(listed) if 2 <= len(word) <= LONGEST]
    readings = Readings()
    becomes: dict[int, str] = {}
    for word in words:
        for key in readings.of(word):
            becomes.setdefault(key, word)
    texts = [*word_list()]
    for path in asked.texts:
        texts += [text or "" for text in pq.read_table(path)["text"].to_pylist()]
    kept = ordinary_runs(texts, readings.syllables, set(becomes))
    kept |= {pack_word(run) for run in likely_runs(words, readings, pair_counts(texts))} | set(map(pack_word, words))
    keys = sorted(becomes)
    np.savez_compressed(
        asked.target,
        syllables=readings.syllables,
        keys=np.array(keys, np.uint64),
        words=np.array([pack_word(becomes[key]) for key in keys], np.uint64),
        kept=np.array(sorted(kept), np.uint64),
    )
    print(f"{len(words)} words, {len(keys)} sounds, {len(kept)} runs that stay, {asked.target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
