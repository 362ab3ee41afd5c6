"""Windows for single facts, with preallocated arrays; if memory is used up, the oldest facts are freed."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import entry_point
from fanzha.windows._families.family import WindowFamily
from fanzha.windows._kernel.single_fact import run_single
from fanzha.windows.spec import WindowSpec
from fanzha.windows.windows import EVERY_ROLE, Windows, WindowsFull

#: Most entries that are freed at a time when memory is used up, a tenth of a millisecond's work; of a small family only
#: an eighth, since its log may not grow any more and would else be empty each time.
FREED_AT_A_TIME = 512
FREED_SHARE = 8


class LiveWindows(Windows):
    """Windows that take single facts beside stretches.

    If the memory limit is reached, a family frees its oldest entries for new facts, and `freed` counts them. Its
    windows then begin after these entries, as `since` says: counts over longer spans are too low, never too high.
    """

    def __init__(
        self, requested: Sequence[tuple[WindowSpec, frozenset[int]]], *, seed: int = 0, most_bytes: int | None = None
    ) -> None:
        super().__init__(requested, seed=seed, most_bytes=most_bytes)
        self.freed = 0
        self._compile_freeing()

    @classmethod
    def restore(
        cls,
        data: bytes,
        requested: Sequence[tuple[WindowSpec, frozenset[int]]],
        *,
        seed: int = 0,
        most_bytes: int | None = None,
    ) -> Self:
        """Return windows that continue from a saved state, without its oldest facts if it needs more than `most_bytes`.

        Raise UsageError if the data is not a saved state of this version, WindowsFull if even no fact fits.
        """
        windows, freed = super().restore(data, requested, seed=seed), 0
        while most_bytes is not None and windows.usage().bytes > most_bytes and windows.usage().entries:
            freed += sum(family.free_oldest((family.entry_count + 1) // 2) for family in windows._families)
            windows = super().restore(windows.save(), requested, seed=seed)  # in smaller arrays
        windows._most_bytes, windows.freed = most_bytes, freed
        windows._check_memory(0)
        windows._compile_freeing()
        return windows

    @cached_property
    def _run_single(self) -> Callable[..., int]:
        return entry_point(run_single)

    @property
    def columns(self) -> Sequence[str]:
        """The columns of a single fact after its kind and moment."""
        return self._columns

    @property
    def names(self) -> Sequence[str]:
        """The windows by name, in the order of their values."""
        return self._all_names

    def reserve(self, facts: int) -> None:
        """Allocate memory for this many facts in advance. Raise WindowsFull if it exceeds the limit."""
        for family in self._families:
            family.reserve(facts)
        self._check_memory(0)

    def take(self, fact: NDArray[np.int64], position: int, out: NDArray[np.int64]) -> None:
        """Process one fact [kind, moment, columns] and write the values of all windows to `out`.

        The moment must not be before the last. `position` is that of the fact in the sequence.
        """
        run, first, families = self._run_single, 0, len(self._families)
        while (first := run(self._directory, self._kind_of, fact, position, EVERY_ROLE, out, first)) < families:
            family = self._families[first]
            try:
                self._grow(family)
            except WindowsFull:
                self._free_oldest(family)
        self.see(int(fact[1]))

    def see(self, moment: int) -> None:
        """Record that all facts are fed from `moment` on, for a fact that no window here reads."""
        if self._unseen:
            for family in self._families:
                family.begin(max(moment, self._latest + 1))
            self._unseen = False
        self._latest = moment

    def _compile_freeing(self) -> None:
        """Compile what frees facts now, not while a call waits."""
        if self._most_bytes is not None and self._families:
            self._families[0].free_oldest(0)

    def _free_oldest(self, family: WindowFamily) -> None:
        """Free old entries until one more fact fits."""
        while family.growing():
            freed = family.free_oldest(min(FREED_AT_A_TIME, 1 + family.entry_count // FREED_SHARE))
            self.freed += freed
            if not freed:
                family.grow()
