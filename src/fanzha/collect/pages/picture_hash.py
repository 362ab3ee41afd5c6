"""Hashes of pictures: a perceptual hash of 256 bits, and MurmurHash3 of icons as Shodan counts it."""

import base64
from functools import cache

import numpy as np
from numpy.typing import NDArray

#: Sides of the picture that is hashed, and of the low frequencies that are compared.
SIDE, _LOW = 64, 16
#: A picture with less contrast (standard deviation of 0-255) has nothing to compare.
_LEAST_CONTRAST = 6.0
_MASK = 0xFFFF_FFFF


def hash_luminance(values: list[float]) -> str:
    """Return the hash of a picture of 64 × 64 luminances (0-255) in hexadecimal, "" for a plain one.

    The bits say which of the lowest 16 × 16 frequencies of the cosine transform are above their median.
    """
    if len(values) != SIDE * SIDE:
        return ""
    picture = np.asarray(values, np.float64).reshape(SIDE, SIDE)
    if not np.isfinite(picture).all() or picture.std() < _LEAST_CONTRAST:
        return ""
    low = _cosines() @ picture @ _cosines().T
    return np.packbits(low.ravel() > np.median(low)).tobytes().hex()


def count_different_bits(first: str, second: str) -> int:
    """Return in how many of 256 bits two hashes differ, 256 if one is missing."""
    return (int(first, 16) ^ int(second, 16)).bit_count() if first and second else 256


@cache
def _cosines() -> NDArray[np.float64]:
    positions, frequencies = np.arange(SIDE), np.arange(_LOW)[:, None]
    return np.cos(np.pi * (2 * positions + 1) * frequencies / (2 * SIDE))


def hash_icon(data: bytes) -> int:
    """Return the hash of an icon as Shodan has it: MurmurHash3 (32 bits, signed) of base64 in lines of 76."""
    return _murmur(base64.encodebytes(data))


def _murmur(data: bytes) -> int:
    value = 0
    whole = len(data) // 4 * 4
    for index in range(0, whole, 4):
        value ^= _scramble(int.from_bytes(data[index : index + 4], "little"))
        value = (_rotate(value, 13) * 5 + 0xE654_6B64) & _MASK
    if tail := data[whole:]:
        value ^= _scramble(int.from_bytes(tail, "little"))
    value ^= len(data)
    for factor, shift in ((0x85EB_CA6B, 16), (0xC2B2_AE35, 13)):
        value = ((value ^ value >> shift) * factor) & _MASK
    value ^= value >> 16
    return value - (1 << 32) if value >> 31 else value


def _scramble(part: int) -> int:
    return _rotate(part * 0xCC9E_2D51 & _MASK, 15) * 0x1B87_3593 & _MASK


def _rotate(value: int, bits: int) -> int:
    return (value << bits | value >> 32 - bits) & _MASK
