"""Numbers by 16 bits of their SHA-256: whoever asks names one of 65,536 ranges, never the number (design §8)."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.snapshot import SnapshotFile, number_text
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format.hash_tables import INDEX_BITS, INDEX_END
from fanzha.claims.snapshot_format.profiles import ALSO, INGRESS, LEVEL, LONGEST_CHAIN, SIMULATED, Rows
from fanzha.claims.url_expressions import HASH_BYTES
from fanzha.claims.verdict import LEVELS, Level
from fanzha.screen.http._sha256 import BUCKETS, buckets
from fanzha.screen.mapped_snapshot import Mapped

T = TypeVar("T")


class MadeApart(Generic[T]):
    """The newest thing made, and what it was made of."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._of: str | None = None
        self._made: asyncio.Future[T] | None = None

    async def get(self, identity: str, make: Callable[[], T]) -> T:
        """Return what `make` gives for this identity; it runs in a thread unless it ran, or runs, already."""
        if self._made is None or identity != self._of or _spoilt(self._made):
            self._of, self._made = identity, asyncio.ensure_future(asyncio.to_thread(make))
        return await asyncio.shield(self._made)


def _spoilt(made: "asyncio.Future[T]") -> bool:
    return made.done() and (made.cancelled() or made.exception() is not None)


_PIECE = 1 << 20  # rows at once, so that no other thread waits for long
_SUSPECTED = LEVELS.index(Level.SUSPECTED)
REST_BYTES = 6  # of a hash behind its range: two numbers share them once in 10^14 pairs


class Index(NamedTuple):
    """Keys in the order of their ranges; those of range r are keys[starts[r]:starts[r + 1]]."""

    starts: NDArray[np.int64]
    keys: NDArray[np.uint64]

    def of(self, range_: int) -> NDArray[np.uint64]:
        """Return the keys of a range."""
        return self.keys[self.starts[range_] : self.starts[range_ + 1]]


class Range(NamedTuple):
    """What is told of one range, and of how many numbers a range has at the most."""

    entries: list[tuple[str, str]]  # rest of the hash in hex, fraud type
    most: int


class NumberRanges:
    """The ranges of the snapshot served. The index says who may be told; what is told is the newest state of each."""

    def __init__(self) -> None:
        """Compile what is needed; the index is made at the first question."""
        index_of(np.zeros(0, np.uint64))
        self._base: MadeApart[Index] = MadeApart()
        self._changed: MadeApart[Index] = MadeApart()

    async def of(self, snapshot: Mapped, range_: int, at: int) -> Range:
        """Return what may be told of a range at a moment (UTC ms)."""
        base = await self._base.get(snapshot.base.identity, lambda: index_of(_in_base(snapshot)))
        newest = (snapshot.base, *snapshot.deltas)[-1]
        changed = await self._changed.get(newest.identity, lambda: index_of(_in_deltas(snapshot)))
        keys = np.unique(np.concatenate([base.of(range_), changed.of(range_)]))
        profiles = snapshot.find_profiles(keys).tolist()
        told = ((key, contested(snapshot.entry(one), at)) for key, one in zip(keys.tolist(), profiles, strict=True))
        most = int((np.diff(base.starts) + np.diff(changed.starts)).max())
        return Range(sorted((_rest(key), entry.fraud_type) for key, entry in told if entry is not None), most)


def contested(entry: SnapshotEntry | None, at: int) -> SnapshotEntry | None:
    """Return what may be told to everybody, who is named may object to: suspected, of real traffic, now, from anywhere.

    A verdict for one ingress is none on a holder: the number may be borrowed there. To be watched is nobody's business.
    """
    while entry is not None:
        if entry.level is Level.SUSPECTED and not entry.simulated and not entry.ingress and at < entry.until:
            return entry
        entry = entry.next_scope
    return None


def _rest(key: int) -> str:
    return sha256(number_text(key).encode()).digest()[2 : 2 + REST_BYTES].hex()


def index_of(keys: NDArray[np.uint64]) -> Index:
    """Return numbers' keys in the order of their ranges."""
    ranges = buckets(keys)
    counts = np.bincount(ranges, minlength=BUCKETS)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Index(starts, keys[np.argsort(ranges, kind="stable")])


def _in_base(snapshot: Mapped) -> NDArray[np.uint64]:
    """Return the keys of a base that may be told of, whenever their verdicts end."""
    tables, may_be = snapshot.tables, _may_be_told(snapshot.profiles)
    words, found = tables.numbers[:, 0], []
    for first in range(0, len(words), _PIECE):
        piece = words[first : first + _PIECE]
        found.append(piece[may_be[piece & np.uint64(INDEX_END - 1)]] >> np.uint64(INDEX_BITS))
    spilled = tables.spilled[may_be[tables.spilled[:, 1]], 0]
    return np.concatenate([*found, spilled])


def _in_deltas(snapshot: Mapped) -> NDArray[np.uint64]:
    changed = snapshot.tables.changed
    keys: NDArray[np.uint64] = changed[_may_be_told(snapshot.profiles)[changed[:, 1]], 0]
    return keys


def _may_be_told(profiles: Rows) -> NDArray[np.bool_]:
    """Return for each profile whether it, or another scope of it, may be told of while it holds."""
    may_be: NDArray[np.bool_] = (
        (profiles[:, LEVEL] == _SUSPECTED) & (profiles[:, SIMULATED] == 0) & (profiles[:, INGRESS] == 0)
    )
    may_be[0] = False
    for _ in range(LONGEST_CHAIN):
        more = may_be | may_be[profiles[:, ALSO]]
        if (more == may_be).all():
            break
        may_be = more
    return may_be


PREFIX_BYTES = 4


class UrlPrefixes:
    """The prefixes of the snapshot served, made once a list."""

    def __init__(self) -> None:
        """Make none yet."""
        self._made: MadeApart[bytes] = MadeApart()

    async def of(self, snapshot: Mapped) -> tuple[bytes, str]:
        """Return the sorted prefixes, one behind the other, and the identity of the list."""
        holder = snapshot.lists.holder("urls")
        identity = holder.identity if holder else ""
        return await self._made.get(identity, lambda: prefixes(holder)), identity


def prefixes(holder: SnapshotFile | None) -> bytes:
    """Return the different prefixes of a file's URL list, sorted as it is."""
    if holder is None:
        return b""
    hashes = np.frombuffer(holder.section_bytes("urls"), np.uint8).reshape(-1, HASH_BYTES)
    words = np.ascontiguousarray(hashes[:, :PREFIX_BYTES]).view(">u4")[:, 0]
    return np.unique(words).astype(">u4").tobytes()
