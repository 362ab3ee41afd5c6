"""Build the table of Chinese words for the word view of texts, from jieba's dictionary (MIT); the result is committed.

Usage: python tools/build_words.py src/fanzha/learn/data/words.npz        (needs the package jieba)

The table has the words of two to five Chinese characters that jieba counted at least MIN_COUNT times.
"""

import argparse
import math
from importlib.resources import files
from pathlib import Path

import numpy as np

MIN_COUNT, LONGEST = 40, 5


def main() -> None:
    """Write the characters of all words one after another, their lengths, and their costs in 1/8 nats."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    target: Path = parser.parse_args().target
    counts: dict[str, int] = {}
    total = 0
    for line in files("jieba").joinpath("dict.txt").read_text("utf-8").splitlines():
        word, count, _ = line.split(" ")
        total += int(count)
        if 2 <= len(word) <= LONGEST and int(count) >= MIN_COUNT and all("\u4e00" <= sign <= "\u9fff" for sign in word):
            counts[word] = int(count)
    words = sorted(counts)
    np.savez_compressed(
        target,
        characters=np.array([ord(sign) for word in words for sign in word], np.uint16),
        lengths=np.array([len(word) for word in words], np.uint8),
        costs=np.array([round(8 * math.log(total / counts[word])) for word in words], np.uint8),
    )
    print(f"{len(words)} words, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
