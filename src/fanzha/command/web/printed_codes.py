"""Codes that people copy from a page, a text or a slip: unguessable, with a check character, stored as keyed hashes.

The characters are Crockford's base 32 (no I, L, O, U): 5 bits each, and a last one by the Luhn algorithm modulo 32,
which finds every single wrong character and almost every swap of neighbours. A code is derived from a seed by a key of
the site, so that the same seed gives the same code and no code needs to be stored.
"""

import hashlib
import hmac

from fanzha.store.keys import load_key

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def make_code(key: str, seed: str, length: int, group: int) -> str:
    """Return the code of a seed by a key of the site (a file in `keys/`), in groups; at most 17 characters."""
    digest = hmac.digest(load_key(key), b"code:" + seed.encode(), hashlib.sha256)
    bits = 5 * (length - 1)
    number = int.from_bytes(digest[:10], "big")
    body = "".join(ALPHABET[number >> shift & 31] for shift in range(bits - 5, -1, -5))
    return group_code(body + check_character(body), group)


def group_code(code: str, group: int) -> str:
    """Return a code in groups of so many characters."""
    return "-".join(code[start : start + group] for start in range(0, len(code), group))


def read_code(written: str, length: int, group: int) -> str:
    """Return the code that a person typed, "" if it is none: wrong length, character or check character."""
    code = "".join(character for character in written.upper() if character.isalnum()).translate(_MISREAD)
    if len(code) != length or not set(code) <= set(ALPHABET) or check_character(code[:-1]) != code[-1]:
        return ""
    return group_code(code, group)


def hash_code(key: str, code: str) -> str:
    """Return the keyed hash by which a code is stored and found."""
    return hmac.new(load_key(key), b"stored:" + code.encode(), hashlib.sha256).hexdigest()


def check_character(body: str) -> str:
    """Return the check character of a code without one (Luhn modulo 32)."""
    total = 0
    for position, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 if position % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
