"""What subjects are looked up by: numbers as integers of 50 bits, everything else by a keyed hash of 128."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

#: E.164 has at most 15 digits (ITU-T E.164 §6.2); short national numbers stand above them.
SHORT = 10**15
END = 1 << 50
#: Kinds whose values are telephone digits: one number is one subject, however it is called.
NUMBERS = ("phone_number", "short_code")


def number_key(canonical: str) -> int:
    """Return the key of a canonical number; 0 when it does not fit: more digits, zeros in front, no digits."""
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
    """Return the two 64-bit words of a subject; the salt keeps outsiders from choosing where their own values fall."""
    name = "phone_number" if kind in NUMBERS else kind
    found = blake2b(f"{name}\0{value}".encode("utf-8", "surrogatepass"), key=salt, digest_size=16).digest()
    return int.from_bytes(found[:8], "little") | 1, int.from_bytes(found[8:], "little")


def hash_subjects(salt: bytes, subjects: Sequence[tuple[str, str]]) -> NDArray[np.uint64]:
    """Return the words of (kind, value) pairs, [n, 2]."""
    words = np.array([hash_subject(salt, kind, value) for kind, value in subjects], np.uint64)
    return words.reshape(len(subjects), 2)
