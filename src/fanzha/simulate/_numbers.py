"""Numbers nobody holds, as whole numbers: the digits of E.164, negative when written without a plus, 0 for none."""

from dataclasses import dataclass

import numpy as np

from fanzha.simulate._random import IntArray, sample_values

#: 19783370000-19799999999: mobile numbers of no listed range. Local numbers do not begin with 1: 17000000 on.
MOBILE_BASE, MOBILE_ROOM = 8_619_783_370_000, 16_630_000
FIXED_BASE, FIXED_ROOM = 862_117_000_000, 3_000_000
IOT_BASE = 861_440_000_000_000
HOTLINE_BASE, CENTRE_BASE = 864_000_000_000, 9_519_900
SENDER_BASE = 10_690_000_000_000
#: Numbers set aside for drama: North America 555-0100 to 0199, London 020 7946 0xxx, UK premium rate 0909 8790xxx.
_AMERICA = np.array([202, 206, 212, 213, 305, 312, 404, 415, 512, 617], np.int64)
LONDON_BASE, PREMIUM_BASE = 442_079_460_000, 449_098_790_000
#: Hotlines that exist: banks, carriers, the police.
BANKS = np.array([-95588, -95533, -95599, -95566, -95559], np.int64)
CARRIERS = np.array([-10086, -10010, -10000], np.int64)

_SPREAD = 7_919
_IMEI_WEIGHTS = (1, 2) * 7


@dataclass(frozen=True)
class MobileRange:
    """A dense range of mobile numbers, about half of them held, so that a run of numbers meets people."""

    slots: int

    @classmethod
    def for_people(cls, people: int) -> "MobileRange":
        """Return a range with room for the people, the planted, and as many numbers that nobody holds."""
        slots = min(MOBILE_ROOM, 3 * people + 60_000)
        return cls(slots + (slots % _SPREAD == 0))

    def numbers(self, first: int, count: int) -> IntArray:
        """Return the numbers of places `first` on; every place has another number."""
        return MOBILE_BASE + (consecutive(first, count) * _SPREAD) % self.slots


def draw_foreign_numbers(rng: np.random.Generator, count: int) -> IntArray:
    """Return numbers of other countries."""
    america = (
        10_000_000_000 + sample_values(rng, _AMERICA, count) * 10_000_000 + 5_550_100 + rng.integers(0, 100, count)
    )
    return np.where(rng.random(count) < 0.7, america, LONDON_BASE + rng.integers(0, 1_000, count))


def draw_premium_numbers(rng: np.random.Generator, count: int) -> IntArray:
    """Return different foreign numbers (at most 1,000) that cost whoever calls them back."""
    return PREMIUM_BASE + rng.permutation(1_000)[:count]


def build_imsis(first: int, count: int) -> IntArray:
    """Return IMSIs of a network that does not exist (MCC 460, MNC 99)."""
    return 460_990_000_000_000 + consecutive(first, count)


def build_imeis(first: int, count: int, kind: int = 1) -> IntArray:
    """Return IMEIs with their check digit; `kind` is the sort of device: 1 phones, 2 modem pools, 3 meters."""
    index = consecutive(first, count)
    body = (86_000_000 + kind * 1_000 + index % 40) * 1_000_000 + index // 40 + 1
    return body * 10 + luhn_check_digits(body)


def luhn_check_digits(body: IntArray) -> IntArray:
    """Return the check digits of 14-digit bodies (ISO/IEC 7812-1)."""
    total, digits = np.zeros_like(body), body.copy()
    for weight in _IMEI_WEIGHTS[::-1]:
        doubled = digits % 10 * weight
        total += doubled // 10 + doubled % 10
        digits //= 10
    return -total % 10


def consecutive(first: int, count: int) -> IntArray:
    """Return the places from `first` on."""
    return np.arange(first, first + count, dtype=np.int64)
