"""Order at the door: facts of a live stream come unordered, twice, corrected, late; out goes the one sequence."""

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import WrongCall
from fanzha.windows._door import passing as at
from fanzha.windows._door.heap import ENTRY_WIDTH, MOMENT, PAYLOAD, PLACE_WIDTH
from fanzha.windows._kernel.layout import NONE
from fanzha.windows._kernel.tables import move
from fanzha.windows.facts import UNKNOWN

VERSION = 1
SMALLEST = 64  # facts to begin with; a power of two
_TURNED = np.uint64(1 << 63)  # turns unsigned order into signed
_END = np.iinfo(np.int64).max

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Opened:
    """What comes of a stretch: payloads in order of the sequence, and those handed back.

    `late` came after their place in the sequence was let out, `early` lie after the clock, `gone` were repeated or
    replaced by a correction; none of these will come out.
    """

    payloads: Numbers
    late: Numbers
    early: Numbers
    gone: Numbers


@dataclass(frozen=True)
class Counts:
    """How many facts so far were late, early, repeated, replaced; how many wait now, how many ids are remembered."""

    late: int
    early: int
    repeated: int
    replaced: int
    waiting: int
    remembered: int


class Saved(msgspec.Struct, frozen=True):
    """The state as bytes: all entries as [moment, id halves, payload], those let out first and in order."""

    version: int
    horizon: int
    counts: tuple[int, int, int, int]
    released: int
    entries: bytes


class Door:
    """Facts wait until no earlier one may come: `lateness` ms behind the newest moment that came.

    An id counts once within `longest` ms, the longest window behind the door. The same id again while the first waits
    is a correction and takes its place. Results do not depend on how the stream is cut into stretches.
    """

    def __init__(self, lateness: int, longest: int, *, seed: int = 0) -> None:
        self._lateness, self._longest = lateness, longest
        self._state = np.zeros(at.STATE_WIDTH, np.int64)
        self._state[at.HORIZON], self._state[at.FREE] = UNKNOWN, NONE
        self._state[at.SEED] = np.array([seed], np.uint64).view(np.int64)[0]
        self._pool = np.zeros((SMALLEST, ENTRY_WIDTH), np.int64)
        self._slots = np.full(2 * SMALLEST, NONE, np.int64)
        self._heap, self._queue = np.zeros(PLACE_WIDTH * SMALLEST, np.int64), np.zeros(SMALLEST, np.int64)

    def take(
        self,
        moments: Numbers,
        ids: NDArray[np.uint64],
        payloads: Numbers,
        *,
        not_after: int | None = None,
    ) -> Opened:
        """Take n facts in as they came, and return what can be let out.

        `ids` [n, 2] are the halves of 128-bit event ids, the higher first; `payloads` whatever numbers the caller knows
        the facts by. Facts after the moment `not_after` (the clock and some tolerance) are handed back: one wrong clock
        would make all others late.
        """
        turned = (ids ^ _TURNED).view(np.int64)
        facts = np.column_stack((moments, turned, payloads))
        fates, gone = np.empty(len(facts), np.int64), np.empty(len(facts), np.int64)
        done = 0
        limit = _END if not_after is None else not_after
        out = self._begin(len(facts))
        while (
            done := at.take(*self._tables, self._lateness, self._longest, limit, facts, done, fates, gone, out)
        ) < len(facts):
            self._grow()
        return Opened(
            out[: self._state[at.LET_OUT]],
            payloads[fates == at.LATE],
            payloads[fates == at.EARLY],
            np.concatenate((payloads[fates == at.REPEATED], gone[gone != at.DEAD])),
        )

    def pass_time(self, now: int) -> Numbers:
        """Let out what no fact that comes from `now` on in time can precede, though none came; return its payloads."""
        self._state[at.HORIZON] = max(int(self._state[at.HORIZON]), now - self._lateness)
        return self._let_out()

    def close(self) -> Numbers:
        """Let all out that wait, at the end of the input, and return their payloads in order."""
        if len(waiting := self._waiting()):
            self._state[at.HORIZON] = max(int(self._state[at.HORIZON]), int(self._pool[waiting, MOMENT].max()))
        return self._let_out()

    def counts(self) -> Counts:
        """Return the counts so far."""
        state = self._state
        late, early, repeated, replaced = (int(state[fate]) for fate in (at.LATE, at.EARLY, at.REPEATED, at.REPLACED))
        waiting = int((self._pool[self._waiting(), PAYLOAD] != at.DEAD).sum())
        return Counts(late, early, repeated, replaced, waiting, int(state[at.BEHIND] - state[at.FIRST]))

    def memory(self) -> int:
        """Return the bytes of memory held."""
        return sum(one.nbytes for one in (self._state, self._pool, self._slots, self._heap, self._queue))

    def save(self) -> bytes:
        """Return the state; payload numbers in it must mean the same when it is restored."""
        state = self._state
        released = self._queue[np.arange(state[at.FIRST], state[at.BEHIND]) & (len(self._queue) - 1)] // ENTRY_WIDTH
        waiting = self._waiting()
        held = self._pool[waiting[self._pool[waiting, PAYLOAD] != at.DEAD]]
        held = held[np.lexsort(held[:, PAYLOAD - 1 :: -1].T)]  # the same facts, the same bytes
        entries = np.concatenate((self._pool[released], held))
        counts = (int(state[at.LATE]), int(state[at.EARLY]), int(state[at.REPEATED]), int(state[at.REPLACED]))
        data = entries.astype("<i8").tobytes()
        return msgspec.msgpack.encode(Saved(VERSION, int(state[at.HORIZON]), counts, len(released), data))

    @classmethod
    def restore(cls, data: bytes, lateness: int, longest: int, *, seed: int = 0) -> "Door":
        """Return a door that goes on from a saved state; raises WrongCall when the data is none of this version."""
        try:
            saved = msgspec.msgpack.decode(data, type=Saved)
        except msgspec.DecodeError as error:
            raise WrongCall(f"this is no saved state of a door: {error}", fix="replay the events") from error
        if saved.version != VERSION:
            raise WrongCall(f"the saved door has version {saved.version}, not {VERSION}", fix="replay the events")
        door = cls(lateness, longest, seed=seed)
        entries = np.frombuffer(saved.entries, "<i8").reshape(-1, ENTRY_WIDTH).astype(np.int64)
        while len(door._pool) < len(entries):
            door._grow()
        at.load(door._state, door._pool, door._slots, door._heap, door._queue, entries, saved.released)
        door._state[at.HORIZON] = saved.horizon
        door._state[at.LATE : at.REPLACED + 1] = saved.counts
        return door

    @property
    def _tables(self) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
        return self._state, self._pool, self._slots, self._heap, self._queue

    def _waiting(self) -> Numbers:
        """Return the entries of all who wait, as rows of the pool."""
        return self._heap.reshape(-1, PLACE_WIDTH)[: self._state[at.WAITING], 1] // ENTRY_WIDTH

    def _begin(self, more: int) -> Numbers:
        """Return room for the payloads of all who wait and of so many more."""
        self._state[at.LET_OUT] = 0
        return np.empty(int(self._state[at.WAITING]) + more, np.int64)

    def _let_out(self) -> Numbers:
        out = self._begin(0)
        at.release(*self._tables, self._longest, out)
        return out[: self._state[at.LET_OUT]]

    def _grow(self) -> None:
        state, size = self._state, len(self._pool)
        order = np.arange(state[at.FIRST], state[at.BEHIND])
        queue = np.zeros(2 * size, np.int64)
        queue[order & (2 * size - 1)] = self._queue[order & (size - 1)]
        self._queue = queue
        self._pool = np.concatenate((self._pool, np.zeros_like(self._pool)))
        self._heap = np.concatenate((self._heap, np.zeros_like(self._heap)))
        old, self._slots = self._slots, np.full(4 * size, NONE, np.int64)
        move(old, self._slots)
