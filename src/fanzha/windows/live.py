"""The windows of a set of rules, fed fact by fact through arrays that are made once; full, they stay up and say so."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fanzha.windows._families.family import WindowFamily
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.single_fact import run_single
from fanzha.windows.facts import UNKNOWN
from fanzha.windows.windows import Windows, WindowsFull


class LiveWindows(Windows):
    """Windows that take single facts beside stretches.

    Where the memory allowed is used up, a fact is left out (`left_out` counts it, once a family) and its windows are
    UNKNOWN, until old facts go out: what is counted is then too little, never too much.
    """

    left_out = 0

    @property
    def columns(self) -> Sequence[str]:
        """What a single fact is made of, behind its kind and moment."""
        return self._columns

    @property
    def names(self) -> Sequence[str]:
        """The windows by name, in the order of their values."""
        return self._all_names

    def reserve(self, facts: int) -> None:
        """Make room for so many facts beforehand: nothing is moved when they come; WindowsFull when it is too much."""
        for family in self._families:
            family.reserve(facts)
        self._check_memory(0)

    def take(self, fact: NDArray[np.int64], position: int, out: NDArray[np.int64]) -> None:
        """Take in one fact [kind, moment, columns] and write the values of all windows to `out`.

        The moment must not lie before the last. `place` is that of the fact in the sequence.
        """
        first, families = 0, len(self._families)
        while (first := run_single(self._directory, self._kind_of, fact, position, out, first)) < families:
            try:
                self._grow(self._families[first])
            except WindowsFull:
                self._leave_out(self._families[first], out)
                first += 1
        self.see(int(fact[1]))

    def see(self, moment: int) -> None:
        """Note that facts are seen from now on, also one that no window here selects or asks for."""
        if self._unseen:
            for family in self._families:
                family.begin(max(moment, self._latest + 1))
            self._unseen = False
        self._latest = moment

    def _leave_out(self, family: WindowFamily, out: NDArray[np.int64]) -> None:
        self.left_out += 1
        begin = int(family.words[at.OUT_BASE])
        out[begin : begin + len(family.plan.outputs)] = UNKNOWN
