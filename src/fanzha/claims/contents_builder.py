"""Collect subjects and their entries as the contents of a snapshot, one by one or in arrays of millions of numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.snapshot import Contents, SectionData
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format.keys import NUMBERS, number_key
from fanzha.claims.snapshot_format.profiles import Profiles

Subject = tuple[str, str]  # kind, canonical value


class ContentsBuilder:
    """Collects the contents of a snapshot; an entry of None means "no longer listed" and is for deltas only."""

    def __init__(self) -> None:
        """Start empty."""
        self._profiles = Profiles()
        self._numbers: dict[int, int] = {}
        self._many: list[tuple[NDArray[np.uint64], int]] = []
        self._others: dict[Subject, int] = {}
        self._hashed: dict[tuple[int, int], int] = {}
        self._urls: dict[str, int] | None = None
        self._url_hashes: dict[bytes, int] = {}

    def add(self, kind: str, value: str, entry: SnapshotEntry | None) -> None:
        """List a subject by its canonical value, replacing its earlier entry."""
        key = number_key(value) if kind in NUMBERS else 0
        if key:
            self._numbers[key] = self._row(entry)
        else:
            self._others["phone_number" if kind in NUMBERS else kind, value] = self._row(entry)

    def add_missing(self, kind: str, value: str) -> None:
        """Mark a subject as no longer listed, unless it was added."""
        key = number_key(value) if kind in NUMBERS else 0
        if key and not any((keys == key).any() for keys, _ in self._many):
            self._numbers.setdefault(key, 0)
        elif not key:
            self._others.setdefault(("phone_number" if kind in NUMBERS else kind, value), 0)

    def add_keys(self, keys: NDArray[np.uint64], entry: SnapshotEntry | None) -> None:
        """List many numbers with one entry, by their keys; each number may be listed only once."""
        self._many.append((keys, self._row(entry)))

    def add_hashed(self, words: tuple[int, int], entry: SnapshotEntry | None) -> None:
        """List a subject by the two words of its hash."""
        self._hashed[words] = self._row(entry)

    def add_urls(self, urls: Mapping[str, SnapshotEntry]) -> None:
        """List URL expressions (`fanzha.claims.url_expressions`); the expressions added make up the whole list."""
        self._urls = (self._urls or {}) | {expression: self._row(entry) for expression, entry in urls.items()}

    def add_url_hashes(self, urls: Mapping[bytes, SnapshotEntry]) -> None:
        """List URL expressions by their SHA-256, like `add_urls`."""
        self._urls = self._urls or {}
        self._url_hashes |= {whole: self._row(entry) for whole, entry in urls.items()}

    def build(self, lists: Sequence[SectionData] = ()) -> Contents:
        """Return the contents for `compile_base` or `compile_delta`."""
        keys = [np.fromiter(self._numbers, np.uint64, len(self._numbers)), *(keys for keys, _ in self._many)]
        rows = [np.fromiter(self._numbers.values(), np.int64, len(self._numbers))]
        rows += [np.full(len(keys), row, np.int64) for keys, row in self._many]
        return Contents(
            self._profiles,
            np.concatenate(keys),
            np.concatenate(rows),
            self._others,
            self._urls,
            tuple(lists),
            self._hashed,
            self._url_hashes,
        )

    def _row(self, entry: SnapshotEntry | None) -> int:
        return 0 if entry is None else self._profiles.add(entry)


def build_contents(subjects: Mapping[Subject, SnapshotEntry | None], lists: Sequence[SectionData] = ()) -> Contents:
    """Build contents from a mapping of subjects to entries."""
    listing = ContentsBuilder()
    for (kind, value), entry in subjects.items():
        listing.add(kind, value, entry)
    return listing.build(lists)
