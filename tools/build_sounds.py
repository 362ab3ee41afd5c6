"""Build the table of syllables for the sound view of texts, from pypinyin's readings (MIT); the result is committed.

Usage: python tools/build_sounds.py src/fanzha/learn/data/sounds.npz        (needs the package pypinyin)

Every Chinese character gets the number of its most frequent Mandarin syllable without its tone. Syllables that senders
mix up share a number: zh/z, ch/c, sh/s, and the endings ang/an, eng/en, ing/in.
"""

import argparse
import re
from pathlib import Path

import numpy as np
from pypinyin import lazy_pinyin

FIRST, LAST = 0x3400, 0xA000
LATIN_ONLY = re.compile(r"[a-z]{2,6}")


def merged(syllable: str) -> str:
    """Return the spelling that stands for all syllables that sound alike to many speakers."""
    return re.sub(r"(?<=[aei])ng$", "n", re.sub(r"^([zcs])h", r"\1", syllable))


def main() -> None:
    """Write the syllable number of each character, and the spellings with their numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    target: Path = parser.parse_args().target
    readings = [(lazy_pinyin(chr(code), errors="ignore") or [""])[0] for code in range(FIRST, LAST)]
    spellings = sorted({reading for reading in readings if reading})
    numbers = {name: number for number, name in enumerate(sorted({merged(name) for name in spellings}), 1)}
    latin = [name for name in spellings if LATIN_ONLY.fullmatch(name) and name not in ("hm",)]
    packed = {int.from_bytes(name.encode(), "big"): numbers[merged(name)] for name in latin}
    np.savez_compressed(
        target,
        syllables=np.array([numbers.get(merged(reading), 0) for reading in readings], np.uint16),
        spellings=np.array(sorted(packed), np.uint64),
        numbers=np.array([packed[key] for key in sorted(packed)], np.uint16),
    )
    print(f"{len(numbers)} syllables, {len(latin)} spellings, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
