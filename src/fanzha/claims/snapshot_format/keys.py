"""Look-up keys of subjects: 50-bit integers for numbers, a keyed 128-bit hash for everything else."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

#: E.164 has at most 15 digits (ITU-T E.164 §6.2); short national numbers are coded above that range.
SHORT = 10**15
END = 1 << 50
#: The 64-bit word of a number holds its key above the row of its profile. Numbers with a profile from MAX_PROFILES on
#: are stored in a table of their own ("spilled").
PROFILE_BITS = 14
MAX_PROFILES = 1 << PROFILE_BITS
#: Kinds with telephone digits as values; they share one key space.
NUMBERS = ("phone_number", "short_code")


def number_key(canonical: str) -> int:
    """Return the key of a canonical number; 0 for too many digits, leading zeros or other text."""
    try:
        key = int(canonical)
    except ValueError:
        return 0
    if canonical == f"+{key}":
        return key if key < SHORT else 0
    return key + SHORT if canonical == str(key) and 0 < key < END - SHORT else 0


def number_text(key: int) -> str:
    """Return the canonical number of a key."""
    return f"+{key}" if key < SHORT else str(key - SHORT)


def hash_subject(salt: bytes, kind: str, value: str) -> tuple[int, int]:
    """Return the two 64-bit hash words of a subject; the salt prevents outsiders from choosing hash positions."""
    name = "phone_number" if kind in NUMBERS else kind
    found = blake2b(f"{name}\0{value}".encode("utf-8", "surrogatepass"), key=salt, digest_size=16).digest()
    return int.from_bytes(found[:8], "little") | 1, int.from_bytes(found[8:], "little")


def hash_subjects(salt: bytes, subjects: Sequence[tuple[str, str]]) -> NDArray[np.uint64]:
    """Return the hash words of (kind, value) pairs, [n, 2]."""
    words = np.array([hash_subject(salt, kind, value) for kind, value in subjects], np.uint64)
    return words.reshape(len(subjects), 2)
