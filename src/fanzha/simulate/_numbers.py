"""Fictitious phone numbers as integers: E.164 digits, negative if written without a plus, 0 for none."""

from dataclasses import dataclass

import numpy as np

from fanzha.simulate._random import IntArray, sample_values

#: Mobile numbers 19783370000 to 19799999999 belong to no listed range. Local fixed numbers never begin with 1, so
#: 021 17000000 and above are unassigned.
MOBILE_BASE, MOBILE_ROOM = 8_619_783_370_000, 16_630_000
FIXED_BASE, FIXED_ROOM = 862_117_000_000, 3_000_000
IOT_BASE = 861_440_000_000_000
HOTLINE_BASE, CENTRE_BASE = 864_000_000_000, 9_519_900
SENDER_BASE = 10_690_000_000_000
#: Numbers reserved for fiction: North America 555-0100 to 0199, London 020 7946 0xxx, UK premium rate 0909 8790xxx.
_AMERICA = np.array([202, 206, 212, 213, 305, 312, 404, 415, 512, 617], np.int64)
LONDON_BASE, PREMIUM_BASE = 442_079_460_000, 449_098_790_000
#: Real hotlines of banks and carriers.
BANKS = np.array([-95588, -95533, -95599, -95566, -95559], np.int64)
CARRIERS = np.array([-10086, -10010, -10000], np.int64)

_SPREAD = 7_919
_IMEI_WEIGHTS = (1, 2) * 7


@dataclass(frozen=True)
class MobileRange:
    """A dense range of mobile numbers. About half are assigned, so that sequential dialling reaches people."""

    slots: int

    @classmethod
    def for_people(cls, people: int) -> "MobileRange":
        """Return a range for `people` residents, the planted phones, and as many unassigned numbers."""
        slots = min(MOBILE_ROOM, 3 * people + 60_000)
        return cls(slots + (slots % _SPREAD == 0))

    def numbers(self, first: int, count: int) -> IntArray:
        """Return `count` distinct numbers from index `first`."""
        return MOBILE_BASE + (build_range(first, count) * _SPREAD) % self.slots


def draw_foreign_numbers(rng: np.random.Generator, count: int) -> IntArray:
    """Draw foreign numbers, with repetition."""
    america = (
        10_000_000_000 + sample_values(rng, _AMERICA, count) * 10_000_000 + 5_550_100 + rng.integers(0, 100, count)
    )
    return np.where(rng.random(count) < 0.7, america, LONDON_BASE + rng.integers(0, 1_000, count))


def draw_premium_numbers(rng: np.random.Generator, count: int) -> IntArray:
    """Draw distinct foreign premium-rate numbers, at most 1,000."""
    return PREMIUM_BASE + rng.permutation(1_000)[:count]


def build_imsis(first: int, count: int) -> IntArray:
    """Return IMSIs of a fictitious network (MCC 460, MNC 99)."""
    return 460_990_000_000_000 + build_range(first, count)


def build_imeis(first: int, count: int, kind: int = 1) -> IntArray:
    """Return IMEIs with their check digits. `kind` is 1 for phones, 2 for modem pools and 3 for meters."""
    index = build_range(first, count)
    body = (86_000_000 + kind * 1_000 + index % 40) * 1_000_000 + index // 40 + 1
    return body * 10 + compute_check_digits(body)


def compute_check_digits(body: IntArray) -> IntArray:
    """Return the check digits of 14-digit bodies (ISO/IEC 7812-1)."""
    total, digits = np.zeros_like(body), body.copy()
    for weight in _IMEI_WEIGHTS[::-1]:
        doubled = digits % 10 * weight
        total += doubled // 10 + doubled % 10
        digits //= 10
    return -total % 10


def build_range(first: int, count: int) -> IntArray:
    """Return the integers `first` to `first + count - 1`."""
    return np.arange(first, first + count, dtype=np.int64)
