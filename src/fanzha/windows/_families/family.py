"""The arrays of one family; they start small and double when they are full."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanzha.windows._families.plan import FamilyPlan, StoredPart
from fanzha.windows._families.plan_encoder import RowWords
from fanzha.windows._kernel import entry_points
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.days import day_of
from fanzha.windows.facts import DAY_MS, UNKNOWN
from fanzha.windows.hash_tables import move
from fanzha.windows.spec import Aggregate, WindowSpec

SMALLEST = 64  # initial number of entries, keys and slots; a power of two

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class KnownSince:
    """Since when a stored part has been observed, and since when it is in the log completely (except swept entries)."""

    since: int
    logged: int


class WindowFamily:
    """One log with its keys; `plan` defines what it stores, `words` is the encoded plan for the kernel.

    `directory` receives the addresses of the arrays; it is one row of the kernel's table of families.
    """

    def __init__(self, plan: FamilyPlan, words: Numbers, directory: Numbers, seed: int) -> None:
        self.plan = plan
        self.words = words
        self.directory = directory
        self.entry_width, self.row_width = int(words[at.ENTRY_WIDTH]), int(words[at.ROW_WIDTH])
        self.state = np.zeros(at.STATE_WIDTH, np.int64)
        self.state[at.FREE_ROW], self.state[at.SEED], self.state[at.ROWS_USED] = at.NONE, seed, at.ROWS_BEFORE
        self.log = np.zeros(SMALLEST * self.entry_width, np.int64)
        self.rows = np.zeros((at.ROWS_BEFORE + SMALLEST) * self.row_width, np.int64)
        self.rows[: at.ROWS_BEFORE * self.row_width] = _rows_of_no_key(plan)
        self.keys = np.full(SMALLEST, at.NONE, np.int64)
        self.pairs = np.full(SMALLEST, at.NONE, np.int64)
        parts, items, views = len(plan.keys), len(plan.items), len(plan.views)
        ahead = 1 + at.BLOCK * (1 + 2 * (1 + views) + items)
        self.scratch = np.zeros(parts + len(plan.slots) + items + views + parts + ahead, np.int64)
        self.known: dict[StoredPart, KnownSince] = {}
        self.restored_at = UNKNOWN  # the last moment of the saved state
        self._register()

    @property
    def longest(self) -> int:
        """The longest span, ms."""
        return self.plan.spans[-1]

    @property
    def arrays(self) -> tuple[Numbers, ...]:
        """All arrays, in the order of the directory."""
        return self.words, self.state, self.log, self.rows, self.keys, self.pairs, self.scratch

    @property
    def entry_count(self) -> int:
        """Number of entries in the log."""
        return int(self.state[at.NEXT] - self.state[at.OLDEST])

    def bytes(self) -> int:
        """Return the memory of the arrays in bytes."""
        return sum(array.nbytes for array in self.arrays)

    def begin(self, moment: int) -> None:
        """Record the moment from which all facts are fed."""
        for part in self.plan.stored_parts():
            self.known.setdefault(part, KnownSince(moment, moment))

    def window_start(self, span: int, latest: int) -> int:
        """Return the first moment of a span that ends at a moment."""
        return day_of(latest) - span + DAY_MS if self.plan.daily else latest - span + 1

    def since(self, spec: WindowSpec) -> int | None:
        """Return the moment since which a window has facts, None before the first."""
        known_since = self.known.get(self.plan.stored_part(spec))
        if known_since is None:
            return None
        if spec.what == Aggregate.AGE or known_since.logged <= self.window_start(spec.span, self.restored_at):
            return known_since.since
        return max(known_since.since, known_since.logged)

    def growing(self) -> list[tuple[Callable[[], None], int]]:
        """Return the arrays that must double before one more fact fits, with the additional bytes."""
        state, items = self.state, len(self.plan.items)
        ways = [
            (state[at.NEXT] - state[at.OLDEST] > state[at.RING], self._grow_log, self.log),
            (state[at.LIVE_KEYS] >= state[at.ROW_ROOM], self._grow_rows, self.rows),
            (state[at.LIVE_KEYS] >= len(self.keys) * 5 // 8, self._grow_keys, self.keys),
            (state[at.LIVE_PAIRS] + items > len(self.pairs) * 5 // 8, self._grow_pairs, self.pairs),
        ]
        return [(grow, array.nbytes) for full, grow, array in ways if full]

    def grow(self) -> None:
        """Double the arrays that are full."""
        for grow, _ in self.growing():
            grow()
        self._register()

    def reserve(self, entries: int) -> None:
        """Allocate memory for this many entries of different keys and items, so that no array grows later."""
        while len(self.log) < entries * self.entry_width:
            self._grow_log()
        while len(self.rows) < (at.ROWS_BEFORE + entries) * self.row_width:
            self._grow_rows()
        while len(self.keys) * 5 // 8 < entries:
            self._grow_keys()
        while len(self.pairs) * 5 // 8 < entries * len(self.plan.items):
            self._grow_pairs()
        self._register()

    def load(self, entries: Numbers) -> None:
        """Load saved entries, each [moment, place, mask, key parts, values], oldest first."""
        flat = np.ascontiguousarray(entries).reshape(-1)
        done = 0
        while (done := entry_points.load(self.directory, flat, done)) < len(entries):
            self.grow()

    def find_row(self, key: tuple[int, ...]) -> int:
        """Return the row of a key, or NOTHING."""
        return entry_points.row_of(self.directory, np.array(key, np.int64))

    def sweep(self, now: int) -> None:
        """Free the entries that no window contains at a moment or later."""
        entry_points.sweep(self.directory, day_of(now) if self.plan.daily else now)

    def free_oldest(self, count: int) -> int:
        """Free at most `count` of the oldest entries although windows contain them; return how many were freed.

        Windows are known only since after these entries.
        """
        before = int(self.state[at.OLDEST])
        moment = entry_points.free_oldest(self.directory, count)
        if moment != UNKNOWN:
            first = moment + (DAY_MS if self.plan.daily else 1)
            for part, known in self.known.items():
                self.known[part] = KnownSince(max(known.since, first), max(known.logged, first))
        return int(self.state[at.OLDEST]) - before

    def forget(self, key: tuple[int, ...]) -> None:
        """Remove a key with all its facts."""
        if (row := self.find_row(key)) != at.NOTHING:
            entry_points.forget(self.directory, row)

    def entries(self) -> Numbers:
        """Return all entries of the log, oldest first, [entries, entry width]."""
        ring = self.log.reshape(-1, self.entry_width)
        ring_offsets: Numbers = np.arange(self.state[at.OLDEST], self.state[at.NEXT]) & (len(ring) - 1)
        return ring[ring_offsets]

    def _register(self) -> None:
        """Write the addresses and sizes of the arrays for the kernel."""
        state = self.state
        state[at.RING], state[at.ROW_ROOM] = (
            len(self.log) // self.entry_width - 1,
            len(self.rows) // self.row_width - at.ROWS_BEFORE,
        )
        state[at.KEYS_LAST], state[at.PAIRS_LAST] = len(self.keys) - 1, len(self.pairs) - 1
        self.directory[:] = [array.ctypes.data for array in self.arrays]

    def _grow_log(self) -> None:
        old = self.log.reshape(-1, self.entry_width)
        new = np.empty((2 * len(old), self.entry_width), np.int64)
        begin, end = int(self.state[at.OLDEST]), int(self.state[at.NEXT])
        while begin < end:  # in pieces that do not cross the end of the old ring
            stop = min(end, begin - begin % len(old) + len(old))
            size = stop - begin
            new[begin % len(new) :][:size] = old[begin % len(old) :][:size]
            begin = stop
        self.log = new.reshape(-1)

    def _grow_rows(self) -> None:
        old, self.rows = self.rows, np.empty(2 * len(self.rows), np.int64)
        self.rows[: len(old)] = old

    def _grow_keys(self) -> None:
        old, self.keys = self.keys, np.full(2 * len(self.keys), at.NONE, np.int64)
        move(old, self.keys)

    def _grow_pairs(self) -> None:
        old, self.pairs = self.pairs, np.full(2 * len(self.pairs), at.NONE, np.int64)
        move(old, self.pairs)


def _rows_of_no_key(plan: FamilyPlan) -> list[int]:
    words = RowWords(plan)
    return words.of_no_key(0) + words.of_no_key(UNKNOWN)
