"""Made-up telephone numbers, IMEIs and IMSIs: mobile blocks that no public list names, exchange 5550 and 555-01xx."""

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.str_]
Ints = NDArray[np.int64]

#: First number of 2.6 million of the operator itself and of two other networks: blocks that public lists lack.
OWN_FIRST, MOBILE_FIRST, BROADCAST_FIRST = 19090630000, 19766500000, 19281000000
BLOCK = 2_600_000
#: Area codes of cities with eight-digit numbers.
AREAS = ("10", "20", "21", "25", "27", "28", "29", "571", "755")
#: Area codes of the United States and Canada; 555-01xx is kept for fiction there.
ABROAD = (
    "202",
    "206",
    "212",
    "213",
    "305",
    "312",
    "415",
    "416",
    "503",
    "512",
    "604",
    "617",
    "646",
    "702",
    "713",
    "919",
)
#: Island states of the same plan, which call-back fraud prefers.
ISLANDS = ("268", "473", "664", "767", "784", "876")
BANKS = ("95588", "95533", "95599", "95566", "95555", "95561")
SERVICES = ("10086", "10000", "12306", "12345", "95338", "95518", "4005550101", "4005550176")


def draw_mobiles(rng: np.random.Generator, first: int, count: int) -> Texts:
    """Return `count` different mobile numbers, E.164 digits without `+`, of the block that begins at `first`."""
    return (first + rng.choice(BLOCK, count, replace=False)).astype(str)


def with_country(numbers: Texts) -> Texts:
    """Put 86 before national numbers."""
    return np.char.add("86", numbers)


def draw_fixed(rng: np.random.Generator, count: int) -> Texts:
    """Return fixed numbers of several cities, E.164 digits."""
    tails = np.char.zfill(rng.integers(0, 10_000, count).astype(str), 4)
    return np.char.add(np.char.add("86", rng.choice(AREAS, count)), np.char.add("5550", tails))


def pool_of_line(line: int, size: int) -> Texts:
    """Return the numbers of a leased line's range, 100 a line."""
    return np.char.add("865715551", np.char.zfill((line * 100 + np.arange(size)).astype(str), 4))


def draw_abroad(rng: np.random.Generator, count: int, areas: tuple[str, ...] = ABROAD) -> Texts:
    """Return numbers of North America or of island states, E.164 digits."""
    tails = np.char.mod("%02d", rng.integers(0, 100, count))  # zfill takes no empty array
    return np.char.add(np.char.add("1", rng.choice(areas, count)), np.char.add("55501", tails))


def draw_imeis(rng: np.random.Generator, count: int) -> Texts:
    """Return IMEIs of 15 digits with the check digit of 3GPP TS 23.003 annex B (Luhn)."""
    types = rng.choice(np.array([86100105, 86200206, 35300307, 86400408, 35500509]), count)
    body = types.astype(np.int64) * 1_000_000 + rng.integers(0, 1_000_000, count)
    digits = body[:, None] // 10 ** np.arange(13, -1, -1) % 10
    doubled = digits[:, 1::2] * 2
    total = digits[:, ::2].sum(1) + (doubled // 10 + doubled % 10).sum(1)
    imeis: Texts = (body * 10 + -total % 10).astype(str)
    return imeis


def draw_imsis(rng: np.random.Generator, count: int) -> Texts:
    """Return IMSIs of 15 digits: country 460, network 11."""
    return (460_110_000_000_000 + rng.choice(900_000_000, count, replace=False)).astype(str)
