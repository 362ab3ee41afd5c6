"""Receipt codes: printable, unguessable, with a check character, and stored as a keyed hash only.

A code has 16 characters of Crockford's base 32 (no I, L, O, U): 75 bits and one check character by the Luhn algorithm
modulo 32, which finds every single wrong character and almost every swap of neighbours. It is derived from the nonce
of the form by a key of the site, so that a form that is sent twice gives the same code.
"""

import hashlib
import hmac

from fanzha.store.keys import load_key

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_KEY = "report-receipts"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def make_receipt(nonce: str) -> str:
    """Return the receipt code of a form by its nonce, in groups of four: `7K3M-…`."""
    digest = hmac.digest(load_key(_KEY), b"code:" + nonce.encode(), hashlib.sha256)
    number = int.from_bytes(digest[:10], "big")
    body = "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (LENGTH - 1) - 5, -1, -5))
    return group(body + check_character(body))


def group(code: str) -> str:
    """Return a code in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_receipt(written: str) -> str:
    """Return the code that a person typed, "" if it is none: wrong length, character or check character."""
    code = "".join(character for character in written.upper() if character.isalnum()).translate(_MISREAD)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET) or check_character(code[:-1]) != code[-1]:
        return ""
    return group(code)


def hash_receipt(code: str) -> str:
    """Return the keyed hash by which a code is stored and found."""
    return hmac.new(load_key(_KEY), b"stored:" + code.encode(), hashlib.sha256).hexdigest()


def check_character(body: str) -> str:
    """Return the check character of a code without one (Luhn modulo 32)."""
    total = 0
    for position, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 if position % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
