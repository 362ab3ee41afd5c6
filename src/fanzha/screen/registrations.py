"""Registrations of home numbers in visited networks, as the operator's registers (HLR, HSS, UDM) push them.

A registration says in which country a number is, since when and until when. It proves that a call from abroad may show
the number, or, with the home country, that it may not. The numbers are bounded in number and expire.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from fanzha.detect.gateway.ingress_rules import ROAMING, UNKNOWN

HOME = "CN"
_PROVEN, _DISPROVEN = ROAMING.index("proven"), ROAMING.index("disproven")
_LETTERS, _FIRST = 26, ord("A")
#: Registrations looked at for expiry with each one that is added, and at once when there is no room.
SWEEP, FULL_SWEEP = 2, 2_000
#: Bits of a packed registration: the country, then since and until in seconds of Unix time.
_SECONDS_BITS = 34
_SECONDS = (1 << _SECONDS_BITS) - 1
_ROW = np.dtype([("key", "<u8"), ("country", "<u2"), ("since", "<u8"), ("until", "<u8")])


class Registration(NamedTuple):
    """Where a number is registered. Times are UTC ms; `until` is exclusive."""

    key: int  # snapshot key of the number: its E.164 digits
    country: str  # ISO 3166, two letters
    since: int
    until: int


class RegistrationResult(StrEnum):
    """What became of a registration."""

    ADDED = "added"
    KNOWN = "known"  # the same registration was known already
    OUTDATED = "outdated"  # a later registration of the number is known
    FULL = "full"  # no room


class Registrations:
    """The latest registration of each number."""

    def __init__(self, most: int = 1_000_000) -> None:
        """Hold at most `most` numbers; some 150 bytes each."""
        self._most = most
        self._packed: dict[int, int] = {}
        self._sweep: Iterator[int] = iter(())

    def __len__(self) -> int:
        """Return the number of numbers, expired ones that were not swept yet included."""
        return len(self._packed)

    def find(self, key: int, at: int) -> int:
        """Return what the registration of a number proves at `at` (UTC ms): an index in ROAMING, UNKNOWN for none."""
        packed = self._packed.get(key)
        if packed is None or (packed & _SECONDS) * 1_000 <= at:
            return UNKNOWN
        return _DISPROVEN if packed >> 2 * _SECONDS_BITS == _HOME else _PROVEN

    def add(self, registration: Registration, at: int) -> RegistrationResult:
        """Add a registration that arrived at `at` (UTC ms); the one that began last counts.

        Raise ValueError for values outside of what a registration can hold.
        """
        packed, known = _pack(registration), self._packed.get(registration.key)
        if known == packed:
            return RegistrationResult.KNOWN
        if known is not None:
            if (known >> _SECONDS_BITS) & _SECONDS > registration.since // 1_000:
                return RegistrationResult.OUTDATED
        elif not self._has_room(at):
            return RegistrationResult.FULL
        self._packed[registration.key] = packed
        self._remove_expired(SWEEP, at)
        return RegistrationResult.ADDED

    def _has_room(self, at: int) -> bool:
        if len(self._packed) >= self._most:
            self._remove_expired(FULL_SWEEP, at)
        return len(self._packed) < self._most

    def _remove_expired(self, number: int, at: int) -> None:
        """Look at the next registrations in turn and remove those that are over."""
        for _ in range(number):
            key = next(self._sweep, None)
            if key is None:
                self._sweep = iter(list(self._packed))
                return
            packed = self._packed.get(key)
            if packed is not None and (packed & _SECONDS) * 1_000 <= at:
                del self._packed[key]

    def save(self) -> bytes:
        """Return the serialised registrations."""
        rows = np.empty(len(self._packed), _ROW)
        rows["key"] = np.fromiter(self._packed.keys(), np.uint64, len(rows))
        packed = list(self._packed.values())
        rows["country"] = [value >> 2 * _SECONDS_BITS for value in packed]
        rows["since"] = [value >> _SECONDS_BITS & _SECONDS for value in packed]
        rows["until"] = [value & _SECONDS for value in packed]
        return rows.tobytes()

    def restore(self, data: bytes) -> None:
        """Replace the registrations by serialised ones; raise ValueError for other data."""
        rows = np.frombuffer(data, _ROW)
        columns = (rows[name].tolist() for name in ("key", "country", "since", "until"))
        self._packed = {
            key: (country << _SECONDS_BITS | since) << _SECONDS_BITS | until
            for key, country, since, until in zip(*columns, strict=True)
        }
        self._sweep = iter(())


def _code(country: str) -> int:
    if not (len(country) == 2 and country.isascii() and country.isupper()):
        raise ValueError(f"no country code: {country!r}")
    return (ord(country[0]) - _FIRST) * _LETTERS + ord(country[1]) - _FIRST


def _pack(registration: Registration) -> int:
    since, until = registration.since // 1_000, registration.until // 1_000
    if not (0 < registration.key < 1 << 63 and 0 <= since <= _SECONDS and 0 <= until <= _SECONDS):
        raise ValueError(f"a registration cannot hold {registration}")
    return (_code(registration.country) << _SECONDS_BITS | since) << _SECONDS_BITS | until


_HOME = _code(HOME)
