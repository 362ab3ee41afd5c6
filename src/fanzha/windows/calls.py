"""Register of open calls: join the offer to the answer and the end of a call, and time waits that no fact ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.windows import call_kernel
from fanzha.windows.call_kernel import ANSWERED, ENDED, OFFERED
from fanzha.windows.facts import UNKNOWN

__all__ = ["ANSWERED", "ENDED", "OFFERED", "CallRegister", "EndedWaits", "SavedCalls", "Wait"]

FORMAT = 1
LONGEST_WAIT_MS = 12 * 3_600_000
_FIRST_SLOTS = 256


@dataclass(frozen=True)
class Wait:
    """A timer of `wait_ms` after each fact of role `starts`; a fact of role `ends` or a later role cancels it."""

    starts: int
    ends: int
    wait_ms: int


@dataclass(frozen=True)
class EndedWaits:
    """The expired waits of one kind, in order: due moments (n) and the columns of their facts (n, columns)."""

    due: NDArray[np.int64]
    columns: NDArray[np.int64]


class SavedCalls(msgspec.Struct, array_like=True):
    """A register as bytes: the names of columns; of each open call [code + 1, offered at, answered at] and its columns.

    Of each kind of wait (starts, ends, ms) [due, call, any] and the columns of its fact, in order; all int64.
    """

    format: int
    offered: list[str]
    answered: list[str]
    slots: bytes
    values: bytes
    queues: list[tuple[tuple[int, int, int], bytes, bytes]]


class CallRegister:
    """Open calls by call code; batches are fed in order."""

    def __init__(
        self, offered: Sequence[str], answered: Sequence[str], waits: tuple[Wait, ...] = (), *, seed: int = 0
    ) -> None:
        """Columns by name: first the offer's, then the answer's; `seed` is mixed into the hash."""
        self._names = [*offered], [*answered]
        self._offered, self._wide = len(offered), len(offered) + len(answered)
        self._seed = np.uint64(seed & 0xFFFF_FFFF_FFFF_FFFF)
        self._slots = np.zeros((_FIRST_SLOTS, 3), np.int64)
        self._values = np.full((_FIRST_SLOTS, self._wide), UNKNOWN, np.int64)
        self._used = 0
        self._queues = [_Queue(wait, self._wide, self._seed) for wait in waits]

    @property
    def open_call_count(self) -> int:
        """Number of open calls."""
        return self._used

    @property
    def bytes_held(self) -> int:
        """Memory of the register in bytes."""
        return self._slots.nbytes + self._values.nbytes + sum(queue.bytes_held for queue in self._queues)

    def feed(
        self,
        roles: NDArray[np.int8],
        calls: NDArray[np.int64],
        moments: NDArray[np.int64],
        columns: NDArray[np.int64],
        until: int,
    ) -> list[EndedWaits]:
        """Fill in `columns` (n, offered + answered) of a stretch, and return the waits that end before `until`.

        Columns that a fact cannot know are UNKNOWN beforehand: the answer's on an offer, all on an end.
        """
        self._make_room(int(np.count_nonzero(roles == OFFERED)), int(moments[0]) if len(moments) else until)
        self._used = call_kernel.join(
            roles, calls, moments, self._offered, columns, self._slots, self._values, self._used, self._seed
        )
        return [queue.feed(roles, calls, moments, columns, until) for queue in self._queues]

    def _make_room(self, offers: int, now: int) -> None:
        if 2 * (self._used + offers) <= len(self._slots):
            return
        fresh = (self._slots[:, 0] != 0) & (now - self._slots[:, 1] < call_kernel.FORGOTTEN_MS)
        size = _FIRST_SLOTS
        while size < 3 * (int(fresh.sum()) + offers):
            size *= 2
        slots = np.zeros((size, 3), np.int64)
        values = np.full((size, self._wide), UNKNOWN, np.int64)
        if self._used:
            self._used = call_kernel.move(self._slots, self._values, slots, values, now, self._seed)
        self._slots, self._values = slots, values

    def save(self) -> bytes:
        """Return the register as bytes."""
        open_ = self._slots[:, 0] != 0
        queues = [(queue.key, queue.entries.tobytes(), queue.fact_columns.tobytes()) for queue in self._queues]
        slots, values = self._slots[open_].tobytes(), self._values[open_].tobytes()
        return msgspec.msgpack.encode(SavedCalls(FORMAT, *self._names, slots, values, queues))

    def restore(self, data: bytes) -> None:
        """Load a saved state into an empty register: the columns and waits that both have.

        ValueError for another format.
        """
        saved = msgspec.msgpack.decode(data, type=SavedCalls)
        if saved.format != FORMAT:
            raise ValueError(f"call register of format {saved.format}, not {FORMAT}")
        from_ = [*(("offer", name) for name in saved.offered), *(("answer", name) for name in saved.answered)]
        mine = [*(("offer", name) for name in self._names[0]), *(("answer", name) for name in self._names[1])]
        where = np.array([from_.index(name) if name in from_ else -1 for name in mine], np.intp)
        slots = np.frombuffer(saved.slots, np.int64).reshape(-1, 3)
        self._make_room(len(slots), int(slots[:, 1].max()) if len(slots) else 0)
        call_kernel.fill(
            self._slots, self._values, slots, _chosen(saved.values, len(slots), len(from_), where), self._seed
        )
        self._used = len(slots)
        saved_queues = {key: (entries, fact_columns) for key, entries, fact_columns in saved.queues}
        for queue in self._queues:
            if queue.key in saved_queues:
                entries, fact_columns = saved_queues[queue.key]
                waits = np.frombuffer(entries, np.int64).reshape(-1, 3)
                queue.refill(waits, _chosen(fact_columns, len(waits), len(from_), where))


def _chosen(saved: bytes, rows: int, wide: int, where: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return saved columns in another order, UNKNOWN for those that were not saved."""
    columns = np.full((rows, wide + 1), UNKNOWN, np.int64)
    columns[:, :wide] = np.frombuffer(saved, np.int64).reshape(rows, wide)
    return np.ascontiguousarray(columns[:, where])


class _Queue:
    """The waits of one kind; all last equally long, so they expire in the order in which they began."""

    def __init__(self, wait: Wait, wide: int, seed: np.uint64) -> None:
        self._wait, self._wide, self._seed = wait, wide, seed
        self._entries = np.zeros((0, 3), np.int64)
        self._kept = np.zeros((0, wide), np.int64)
        self._heads = np.zeros((_FIRST_SLOTS, 3), np.int64)
        self._first = self._stop = 0

    @property
    def key(self) -> tuple[int, int, int]:
        """Key of the wait: roles that start and end it, and its length."""
        return self._wait.starts, self._wait.ends, self._wait.wait_ms

    @property
    def entries(self) -> NDArray[np.int64]:
        """The pending waits."""
        return self._entries[self._first : self._stop]

    @property
    def fact_columns(self) -> NDArray[np.int64]:
        """The columns of their facts."""
        return self._kept[self._first : self._stop]

    @property
    def bytes_held(self) -> int:
        return self._entries.nbytes + self._kept.nbytes + self._heads.nbytes

    def feed(
        self,
        roles: NDArray[np.int8],
        calls: NDArray[np.int64],
        moments: NDArray[np.int64],
        columns: NDArray[np.int64],
        until: int,
    ) -> EndedWaits:
        self._make_room(int(np.count_nonzero(roles == self._wait.starts)))
        capacity = self._stop - self._first + int(np.count_nonzero(roles == self._wait.starts))
        due, out = np.empty(capacity, np.int64), np.empty((capacity, self._wide), np.int64)
        began = np.count_nonzero((roles == self._wait.starts) & (calls != UNKNOWN))
        self._first, released = call_kernel.wait(
            roles,
            calls,
            moments,
            columns,
            self._wait.starts,
            self._wait.ends,
            self._wait.wait_ms,
            until,
            self._entries,
            self._kept,
            self._first,
            self._stop,
            self._heads,
            self._seed,
            due,
            out,
        )
        self._stop += int(began)
        return EndedWaits(due[:released], out[:released])

    def refill(self, entries: NDArray[np.int64], fact_columns: NDArray[np.int64]) -> None:
        """Load saved entries and rebuild the chains of their calls."""
        self._make_room(len(entries))
        self._stop = len(entries)
        self._entries[: self._stop] = entries
        self._kept[: self._stop] = fact_columns
        call_kernel.chain(self._entries, self._stop, self._heads, self._seed)

    def _make_room(self, waits: int) -> None:
        live = self._stop - self._first
        if self._stop + waits <= len(self._entries):
            return
        size = 2 * (live + waits)
        entries, fact_columns = np.zeros((size, 3), np.int64), np.zeros((size, self._wide), np.int64)
        entries[:live], fact_columns[:live] = self.entries, self.fact_columns
        self._entries, self._kept, self._first, self._stop = entries, fact_columns, 0, live
        slots = len(self._heads)
        while slots < 2 * size:
            slots *= 2
        self._heads = np.zeros((slots, 3), np.int64)
        if live:
            call_kernel.chain(self._entries, self._stop, self._heads, self._seed)
