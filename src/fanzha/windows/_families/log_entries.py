"""Find the facts that a window contained as of one fact, for explanations."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanzha.windows._families.family import WindowFamily
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.entry_points import history
from fanzha.windows.facts import CHINA_MS, DAY_MS, MOST_EXACT_MS, UNKNOWN
from fanzha.windows.spec import Aggregate, WindowSpec

ENDLESS = 1 << 62  # behind every place


@dataclass(frozen=True)
class Entries:
    """The n entries of a window, oldest first: positions, moments (ms) and values.

    Values are those summed, compared or counted as distinct (facts without one are omitted), 1 for a count, else
    UNKNOWN. With calendar days an entry is all facts of a key (and item) on a day: first position, start of the day.
    """

    positions: NDArray[np.int64]
    moments: NDArray[np.int64]
    values: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.positions)


def find_entries(family: WindowFamily, spec: WindowSpec, key: tuple[int, ...], now: int, position: int) -> Entries:
    """Return the entries in the window of a fact at `now` and `position` with this key."""
    plan = family.plan
    latest = position - 1 if spec.before or spec.what in (Aggregate.GAP, Aggregate.LAST) else position
    entries = read_history(family, key, int(first_moment(spec, np.array(now))) - 1, latest)
    entries = entries[(entries[:, at.FLAGS] >> (at.MASK_BIT + plan.gates.index(spec.gate))) & 1 == 1]
    values = _values(family, spec, entries)
    if spec.what not in (Aggregate.GAP, Aggregate.AGE):
        entries, values = entries[values != UNKNOWN], values[values != UNKNOWN]
    return Entries(entries[:, at.PLACE], entries[:, at.MOMENT], values)


def first_moment(spec: WindowSpec, moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first moment that lies in a window at each of these moments."""
    if spec.span <= MOST_EXACT_MS:
        return moments - spec.span + 1
    return (moments + CHINA_MS) // DAY_MS * DAY_MS - CHINA_MS - spec.span + DAY_MS


def read_history(family: WindowFamily, key: tuple[int, ...], oldest: int, latest: int = ENDLESS) -> NDArray[np.int64]:
    """Return a key's entries after the moment `oldest` up to the place `latest`, [entries, width], oldest first."""
    row, found = family.find_row(key), np.zeros(0, np.int64)
    if row != at.NOTHING:
        found = np.zeros(history(family.directory, row, oldest, latest, found) * family.entry_width, np.int64)
        history(family.directory, row, oldest, latest, found)
    return found.reshape(-1, family.entry_width)[::-1]


def _values(family: WindowFamily, spec: WindowSpec, entries: NDArray[np.int64]) -> NDArray[np.int64]:
    if spec.what in (Aggregate.GAP, Aggregate.AGE):
        return np.full(len(entries), UNKNOWN)
    if spec.what == Aggregate.COUNT and not family.plan.daily:
        return np.ones(len(entries), np.int64)
    return entries[:, at.VALUES + family.plan.slots.index(family.plan.window_slot(spec))]
