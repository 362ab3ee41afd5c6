"""Texts that are nearly the same: a few short keys of each, of which near duplicates share at least one.

Min-hashing (Broder 1997) over runs of four signs of the folded text, in bands of six hashes: texts of which nine in
ten runs are the same meet in one of six bands with 99 %, those with half of them with 9 %.
"""

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

RUN, BANDS, ROWS = 4, 6, 6
#: A shorter text says the same as many others by chance.
SHORTEST = 16
_VARIES = re.compile(r"https?://\S+|[\W_\d•]+|[xX]{3,}")
_PRIME = np.uint64(0x9E3779B97F4A7C15)


def keys_of_text(text: str) -> list[str]:
    """Return the keys of a text, none of a short one. Numbers, links, signs and spaces do not count."""
    words = _VARIES.sub("", unicodedata.normalize("NFKC", text)).casefold()
    if len(words) < SHORTEST:
        return []
    least = _least_hashes(np.frombuffer(words.encode("utf-32-le"), np.uint32))
    return [f"{band}:{least[band].tobytes().hex()}" for band in range(BANDS)]


def _least_hashes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return for each band the least hash of any run under each of its functions, shape (BANDS, ROWS)."""
    runs = np.zeros(len(codes) - RUN + 1, np.uint64)
    for place in range(RUN):
        runs = runs * _PRIME + codes[place : len(codes) - RUN + 1 + place]
    times, plus = _functions()
    hashed = (runs[:, None] ^ (runs[:, None] >> np.uint64(29))) * times + plus
    least: NDArray[np.uint32] = (hashed >> np.uint64(32)).astype(np.uint32).min(axis=0).reshape(BANDS, ROWS)
    return least


@cache
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    drawn = np.random.default_rng(20_161_107).integers(0, 2**63, (2, BANDS * ROWS), np.uint64)
    return drawn[0] * np.uint64(2) + np.uint64(1), drawn[1]
