"""Check digits of identifiers."""

from collections.abc import Sequence


def luhn_digit(digits: str) -> str:
    """Return the Luhn check digit for a string of ASCII digits (ISO/IEC 7812-1 annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def luhn(digits: str) -> bool:
    """Return whether the last of at least two ASCII digits is the Luhn check digit of the digits before it."""
    return len(digits) > 1 and luhn_digit(digits[:-1]) == digits[-1]


def identity_digit(first17: str) -> str:
    """Return the check character of a resident identity number (GB 11643, ISO 7064 MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[_weighted(map(int, first17), weights) % 11]


CREDIT_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code_digit(first17: str) -> str:
    """Return the check character of a unified social credit code (GB 32100)."""
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    values = map(CREDIT_CODE_CHARACTERS.index, first17)
    return CREDIT_CODE_CHARACTERS[-_weighted(values, weights) % 31]


def organization_digit(first8: str) -> str:
    """Return the check character of an organisation code (GB 11714)."""
    values = map("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index, first8)
    return "0123456789X0"[11 - _weighted(values, (3, 7, 9, 10, 5, 8, 4, 2)) % 11]


def registration_digit(first14: str) -> str:
    """Return the check digit of a 15-digit business registration number (ISO 7064 MOD 11,10)."""
    remainder = 10
    for digit in first14:
        remainder = ((int(digit) + remainder) % 10 or 10) * 2 % 11
    return str((11 - remainder) % 10)


def mod97(characters: str) -> int:
    """Return the ISO 7064 MOD 97-10 remainder of letters and digits; 1 for a rearranged valid IBAN."""
    return int("".join(str(int(character, 36)) for character in characters)) % 97


def _weighted(values: "Sequence[int] | map[int]", weights: Sequence[int]) -> int:
    return sum(value * weight for value, weight in zip(values, weights, strict=True))
