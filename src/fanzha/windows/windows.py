"""Evaluate the windows of a set of rules over batches of facts: exact values as of each fact, bounded state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import FanzhaError
from fanzha.windows._families.family import WindowFamily
from fanzha.windows._families.log_entries import Entries, find_entries
from fanzha.windows._families.most_frequent import most_frequent_values
from fanzha.windows._families.plan import FamilyPlan, merge_requests, plan_families
from fanzha.windows._families.plan_encoder import encode_plan
from fanzha.windows._families.state_format import decode_state, encode_state
from fanzha.windows._families.state_loader import restore_family
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.stretch import DONE, FACT_BITS, OUT_OF_ORDER, run
from fanzha.windows.facts import UNKNOWN, FactBatch
from fanzha.windows.spec import WindowSpec

__all__ = ["Entries", "WindowUsage", "Windows", "WindowsFull"]


#: The word of roles that restricts nothing.
EVERY_ROLE = np.full(1, -1, np.int64)


class WindowsFull(FanzhaError):
    """The state would exceed its memory limit. The last batch was applied in part: continue from a saved state."""


@dataclass(frozen=True)
class WindowUsage:
    """Size of the state: bytes of memory, keys, log entries, and pairs of key and item."""

    bytes: int
    keys: int
    entries: int
    pairs: int


class Windows:
    """Exact windows over the sequence of facts.

    `requested` are the windows, each with the kind codes of the facts that evaluate it. `seed` is mixed into the
    hashes; choose it at random if outsiders choose the numbers, so that they cannot cause collisions.
    """

    def __init__(
        self, requested: Sequence[tuple[WindowSpec, frozenset[int]]], *, seed: int = 0, most_bytes: int | None = None
    ) -> None:
        windows = merge_requests(requested)
        self._most_bytes = most_bytes
        self._latest = UNKNOWN  # the last moment fed
        self._unseen = True  # whether some window has no fact yet
        plans = plan_families(windows)
        self._columns = _column_names(plans)
        kinds = sorted({output.spec.source for output in windows}.union(*(output.kinds for output in windows)))
        self._kind_of = np.zeros(1 << 16, np.int64)
        self._kind_of[np.array(kinds, np.int64) & 0xFFFF] = np.arange(1, len(kinds) + 1)
        column_index = {name: nth for nth, name in enumerate(self._columns, start=2)}
        self._directory = np.zeros(len(plans) * at.DIRECTORY_WIDTH, np.int64)
        self._families: list[WindowFamily] = []
        self._names: list[list[str]] = []
        self._width = 0
        for plan in plans:
            words = encode_plan(plan, column_index, kinds, self._width)
            entry = self._directory[len(self._families) * at.DIRECTORY_WIDTH :][: at.DIRECTORY_WIDTH]
            self._families.append(WindowFamily(plan, words, entry, int(np.array([seed], np.uint64).view(np.int64)[0])))
            self._names.append([output.spec.name for output in plan.outputs])
            self._width += len(plan.outputs)
        self._all_names = [name for names in self._names for name in names]
        self._family_of = {output.spec.name: family for family in self._families for output in family.plan.outputs}

    def feed(
        self, facts: FactBatch, *, sweeps: bool = True, roles: NDArray[np.int64] | None = None
    ) -> dict[str, NDArray[np.int64]]:
        """Process a stretch; return for each window, by name, its n values, UNKNOWN where not evaluated or not known.

        `roles` [role words, n] restricts the facts that a family selects or that evaluate its windows (`role_word`).

        A value may be a strided view. Entries outside all windows are freed first; `sweeps` False keeps them, for a
        stretch whose firings are still to be explained. Raise ValueError if moments decrease, WindowsFull if memory
        is used up.
        """
        count = len(facts.moments)
        if not count:
            return {name: np.zeros(0, np.int64) for name in self._all_names}
        columns = facts.columns
        table = np.concatenate((facts.kinds, facts.moments, *[columns[name] for name in self._columns]))
        if len(table) != (2 + len(self._columns)) * count or table.dtype != np.int64:
            raise ValueError("every column must hold one whole number for each fact")
        out = np.empty(self._width * count, np.int64)
        words, step = (EVERY_ROLE, 0) if roles is None else (roles.reshape(-1), 1)
        if roles is not None and words.shape != (self.role_words * count,):
            raise ValueError("there must be one word of roles for each fact and each 32 families")
        resume, latest = 0, self._latest
        while True:
            resume = run(
                self._directory, self._kind_of, table, count, facts.first, latest, sweeps, words, step, out, resume
            )
            if resume == DONE:
                break
            if resume == OUT_OF_ORDER:
                raise ValueError("the moments of facts must not fall, within a stretch and from one to the next")
            self._grow(self._families[resume >> FACT_BITS])
        if self._unseen:
            for family in self._families:
                family.begin(max(int(facts.moments[0]), self._latest + 1))
            self._unseen = False
        self._latest = int(facts.moments[-1])
        values = dict(zip(self._all_names, out.reshape(-1, 1), strict=True)) if count == 1 else self._values(out, count)
        for family in self._families:
            if family.plan.has_modes:
                values.update(most_frequent_values(family, facts, values))
        return values

    @property
    def role_words(self) -> int:
        """Number of words that restrict the roles of one fact."""
        return -(-len(self._families) // at.FAMILIES_PER_WORD)

    @property
    def family_count(self) -> int:
        """Number of families."""
        return len(self._families)

    def family_keys(self) -> list[tuple[int, tuple[str, ...]]]:
        """Return the kind of the selected facts and the key columns of each family, in the order of their numbers."""
        return [(family.plan.source, family.plan.keys) for family in self._families]

    def family_numbers(self, specs: Iterable[WindowSpec]) -> list[tuple[WindowSpec, int]]:
        """Return windows with the number of the family that computes each."""
        numbers = {id(family): number for number, family in enumerate(self._families)}
        return [(spec, numbers[id(self._family_of[spec.name])]) for spec in specs]

    def sweep(self, now: int) -> None:
        """Free the entries that no window contains from `now` on; `feed` does so at the first moment of each batch."""
        for family in self._families:
            family.sweep(now)

    def entries(self, spec: WindowSpec, key: tuple[int, ...], now: int, position: int) -> Entries:
        """Return the facts in the window of an evaluating fact of the latest stretch, for explanations.

        `key` is the key that the fact reads, `now` and `position` are its own. A daily entry combines many facts.
        """
        return find_entries(self._family_of[spec.name], spec, key, now, position)

    def forget(self, key: tuple[int, ...], keys: tuple[str, ...]) -> None:
        """Reset one key in all windows by these key columns; other keys are unchanged."""
        for family in self._families:
            if family.plan.keys == keys:
                family.forget(key)

    def since(self, spec: WindowSpec) -> int | None:
        """Return the moment since which a window has seen facts; None before the first fact."""
        return self._family_of[spec.name].since(spec)

    def usage(self) -> WindowUsage:
        """Return the size of the state."""
        states = [family.state for family in self._families]
        return WindowUsage(
            sum(family.bytes() for family in self._families),
            sum(int(state[at.LIVE_KEYS]) for state in states),
            sum(int(state[at.NEXT] - state[at.OLDEST]) for state in states),
            sum(int(state[at.LIVE_PAIRS]) for state in states),
        )

    def save(self) -> bytes:
        """Return the state as bytes: stored facts, from which other windows can be restored too."""
        return encode_state(self._families, self._latest)

    @classmethod
    def restore(
        cls,
        data: bytes,
        requested: Sequence[tuple[WindowSpec, frozenset[int]]],
        *,
        seed: int = 0,
        most_bytes: int | None = None,
    ) -> Self:
        """Return windows that continue from a saved state; `since` shows which still have to warm up.

        Raise UsageError if the data is not a saved state of this version.
        """
        windows, saved = cls(requested, seed=seed, most_bytes=most_bytes), decode_state(data)
        windows._latest = saved.latest
        for family in windows._families:
            restore_family(family, saved)
        windows._check_memory(0)
        return windows

    def _values(self, out: NDArray[np.int64], count: int) -> dict[str, NDArray[np.int64]]:
        values: dict[str, NDArray[np.int64]] = {}
        base = 0
        for names in self._names:
            block = out[base * count : (base + len(names)) * count].reshape(count, len(names))
            values.update(zip(names, block.T, strict=True))
            base += len(names)
        return values

    def _grow(self, family: WindowFamily) -> None:
        self._check_memory(sum(added_bytes for _, added_bytes in family.growing()))
        family.grow()

    def _check_memory(self, added_bytes: int) -> None:
        if self._most_bytes is not None and (bytes_held := self.usage().bytes + added_bytes) > self._most_bytes:
            raise WindowsFull(
                f"the windows need {bytes_held:,} bytes of memory, more than the {self._most_bytes:,} allowed",
                fix="allow more, shorten the longest spans, or spread the keys over several processes",
            )


def role_word(number: int, *, selects: bool, asks: bool) -> tuple[int, int]:
    """Return the index of a family's word of roles, and its bits there: the fact may be selected, may evaluate."""
    bits = at.SELECTS * selects | at.ASKS * asks
    shifted = np.array([bits << at.ROLE_BITS * (number % at.FAMILIES_PER_WORD)], np.uint64)
    return number // at.FAMILIES_PER_WORD, int(shifted.view(np.int64)[0])


def _column_names(plans: Sequence[FamilyPlan]) -> list[str]:
    names: dict[str, None] = {}
    for plan in plans:
        for columns in (plan.keys, *plan.views, plan.gates, [slot.value for slot in plan.slots]):
            names.update(dict.fromkeys(columns))
    return [name for name in names if name]
