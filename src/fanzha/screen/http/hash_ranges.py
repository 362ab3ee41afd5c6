"""Indexes by hash prefix, so that clients name a range instead of the number or URL that they look up."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.snapshot import SnapshotFile, number_text
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format.keys import MAX_PROFILES, PROFILE_BITS
from fanzha.claims.snapshot_format.profiles import ALSO, INGRESS, LEVEL, LONGEST_CHAIN, SIMULATED, Rows
from fanzha.claims.url_expressions import HASH_BYTES
from fanzha.claims.verdict import LEVELS, Level
from fanzha.screen.http._sha256 import BUCKETS, hash_buckets
from fanzha.screen.mapped_snapshot import MappedSnapshot

T = TypeVar("T")


class BackgroundCache(Generic[T]):
    """Caches one value per identity, computed in a thread so that no call waits."""

    def __init__(self) -> None:
        """Begin empty."""
        self._identity: str | None = None
        self._future: asyncio.Future[T] | None = None

    async def get(self, identity: str, make: Callable[[], T]) -> T:
        """Return the value of `make` for this identity; compute it in a thread unless cached or running."""
        if self._future is None or identity != self._identity or _has_failed(self._future):
            self._identity, self._future = identity, asyncio.ensure_future(asyncio.to_thread(make))
        return await asyncio.shield(self._future)


def _has_failed(future: "asyncio.Future[T]") -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)


_BATCH_ROWS = 1 << 20  # rows a batch, so that other threads get a turn
_SUSPECTED = LEVELS.index(Level.SUSPECTED)
REST_BYTES = 6  # of a hash after the prefix; one collision in 10^14 pairs


class RangeIndex(NamedTuple):
    """Keys sorted by range; those of range r are keys[starts[r]:starts[r + 1]]."""

    starts: NDArray[np.int64]
    keys: NDArray[np.uint64]

    def keys_in(self, range_: int) -> NDArray[np.uint64]:
        """Return the keys of a range."""
        return self.keys[self.starts[range_] : self.starts[range_ + 1]]


class HashedRange(NamedTuple):
    """The public entries of one range, and the size of the largest range."""

    entries: list[tuple[str, str]]  # hash after the prefix in hex, fraud type
    largest: int


class NumberRanges:
    """The number ranges of the served snapshot, indexed by 16 bits of SHA-256 (65,536 ranges)."""

    def __init__(self) -> None:
        """Compile the kernels; the index is built at the first request."""
        build_index(np.zeros(0, np.uint64))
        self._base: BackgroundCache[RangeIndex] = BackgroundCache()
        self._changed: BackgroundCache[RangeIndex] = BackgroundCache()

    async def find(self, snapshot: MappedSnapshot, range_: int, at: int) -> HashedRange:
        """Return the public entries of a range at `at` (UTC ms)."""
        base = await self._base.get(snapshot.base.identity, lambda: build_index(_base_keys(snapshot)))
        newest = (snapshot.base, *snapshot.deltas)[-1]
        changed = await self._changed.get(newest.identity, lambda: build_index(_delta_keys(snapshot)))
        keys = np.unique(np.concatenate([base.keys_in(range_), changed.keys_in(range_)]))
        profiles = snapshot.find_profiles(keys).tolist()
        entries = (
            (key, find_public_entry(snapshot.entry(profile), at))
            for key, profile in zip(keys.tolist(), profiles, strict=True)
        )
        largest = int((np.diff(base.starts) + np.diff(changed.starts)).max())
        return HashedRange(
            sorted((_hash_rest(key), entry.fraud_type) for key, entry in entries if entry is not None), largest
        )


def find_public_entry(entry: SnapshotEntry | None, at: int) -> SnapshotEntry | None:
    """Return the entry that is public: suspected, not simulated, current and for any ingress.

    The person concerned can object to it. A verdict for one ingress says nothing about the holder, because the number
    may be spoofed there. Watched numbers are not public.
    """
    while entry is not None:
        if entry.level is Level.SUSPECTED and not entry.simulated and not entry.ingress and at < entry.until:
            return entry
        entry = entry.next_scope
    return None


def _hash_rest(key: int) -> str:
    return sha256(number_text(key).encode()).digest()[2 : 2 + REST_BYTES].hex()


def build_index(keys: NDArray[np.uint64]) -> RangeIndex:
    """Return numbers' keys sorted by range."""
    ranges = hash_buckets(keys)
    counts = np.bincount(ranges, minlength=BUCKETS)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return RangeIndex(starts, keys[np.argsort(ranges, kind="stable")])


def _base_keys(snapshot: MappedSnapshot) -> NDArray[np.uint64]:
    """Return the keys of a base that may be public, regardless of expiry."""
    tables, public = snapshot.tables, _public_profiles(snapshot.profiles)
    words, keys = tables.numbers[:, 0], []
    for first in range(0, len(words), _BATCH_ROWS):
        batch = words[first : first + _BATCH_ROWS]
        keys.append(batch[public[batch & np.uint64(MAX_PROFILES - 1)]] >> np.uint64(PROFILE_BITS))
    spilled = tables.spilled[public[tables.spilled[:, 1]], 0]
    return np.concatenate([*keys, spilled])


def _delta_keys(snapshot: MappedSnapshot) -> NDArray[np.uint64]:
    changed = snapshot.tables.changed
    keys: NDArray[np.uint64] = changed[_public_profiles(snapshot.profiles)[changed[:, 1]], 0]
    return keys


def _public_profiles(profiles: Rows) -> NDArray[np.bool_]:
    """Return for each profile whether it or another of its scopes may be public."""
    public: NDArray[np.bool_] = (
        (profiles[:, LEVEL] == _SUSPECTED) & (profiles[:, SIMULATED] == 0) & (profiles[:, INGRESS] == 0)
    )
    public[0] = False
    for _ in range(LONGEST_CHAIN):
        extended = public | public[profiles[:, ALSO]]
        if (extended == public).all():
            break
        public = extended
    return public


PREFIX_BYTES = 4


class UrlPrefixes:
    """The 4-byte hash prefixes of the listed URLs, built once per list."""

    def __init__(self) -> None:
        """Begin empty."""
        self._cache: BackgroundCache[bytes] = BackgroundCache()

    async def find(self, snapshot: MappedSnapshot) -> tuple[bytes, str]:
        """Return the sorted, concatenated prefixes and the identity of the list."""
        holder = snapshot.lists.holder("urls")
        identity = holder.identity if holder else ""
        return await self._cache.get(identity, lambda: build_url_prefixes(holder)), identity


def build_url_prefixes(holder: SnapshotFile | None) -> bytes:
    """Return the distinct, sorted prefixes of a file's URL list."""
    if holder is None:
        return b""
    hashes = np.frombuffer(holder.section_bytes("urls"), np.uint8).reshape(-1, HASH_BYTES)
    words = np.ascontiguousarray(hashes[:, :PREFIX_BYTES]).view(">u4")[:, 0]
    return np.unique(words).astype(">u4").tobytes()
