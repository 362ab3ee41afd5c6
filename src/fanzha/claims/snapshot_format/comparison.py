"""Kernels that count how the numbers of two snapshot states differ."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.claims.snapshot_format.hash_tables import Uint64Array
from fanzha.claims.snapshot_format.lookup import NumberTables, find_profile
from fanzha.claims.snapshot_format.profiles import ALSO, FRAUD_TYPE, ORGANIZATION, SIMULATED, TREATMENT, Rows
from fanzha.claims.treatment import TREATMENTS, Treatment

_REFUSE = TREATMENTS.index(Treatment.REFUSE)

#: Indices of the counts.
ADDED, REMOVED, CHANGED, NEWLY_REFUSED, NO_LONGER_REFUSED = range(5)
COUNTS = 5

Meanings = tuple[NDArray[np.int64], NDArray[np.int64]]
Refusing = tuple[NDArray[np.bool_], NDArray[np.bool_]]


@compiled
def tally(then: int, now: int, meanings: Meanings, refusing: Refusing, counts: NDArray[np.int64]) -> None:
    """Count the change of one subject from its profiles before and after; 0 means not listed."""
    if then == 0 and now == 0:
        return
    if then == 0:
        counts[ADDED] += 1
    elif now == 0:
        counts[REMOVED] += 1
    elif meanings[0][then] != meanings[1][now]:
        counts[CHANGED] += 1
    refused, refuses = refusing[0][then], refusing[1][now]
    counts[NEWLY_REFUSED] += refuses and not refused
    counts[NO_LONGER_REFUSED] += refused and not refuses


@compiled
def count(
    keys: Uint64Array,
    before: NumberTables,
    after: NumberTables,
    meanings: Meanings,
    refusing: Refusing,
    only_gone: bool,
    counts: NDArray[np.int64],
) -> None:
    """Count the change of each key; with `only_gone` only of keys that are no longer listed.

    `meanings` are the numbers of `number_meanings`; `refusing` says which profiles refuse.
    """
    for row in range(len(keys)):
        now = find_profile(keys[row], after)
        if now == 0 or not only_gone:
            tally(find_profile(keys[row], before), now, meanings, refusing, counts)


@compiled
def mark_changed(
    keys: Uint64Array, before: NumberTables, after: NumberTables, meanings: Meanings, found: NDArray[np.bool_]
) -> None:
    """Mark the keys whose entries differ or that only one state lists."""
    for row in range(len(keys)):
        then, now = find_profile(keys[row], before), find_profile(keys[row], after)
        found[row] = (then == 0) != (now == 0) or meanings[0][then] != meanings[1][now]


@compiled
def count_pairs(then: Rows, now: Rows, meanings: Meanings, refusing: Refusing, counts: NDArray[np.int64]) -> None:
    """Count the changes of subjects with the given profiles before and after."""
    for row in range(len(then)):
        tally(then[row], now[row], meanings, refusing, counts)


def number_meanings(
    rows: Rows, words: list[str], numbers: dict[tuple[object, ...], int], used: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Number the meaning of each used profile; equal profiles of two files get the same number through `numbers`."""
    meanings = np.zeros(len(rows), np.int64)
    for row in used[used > 0].tolist():
        meaning: list[object] = []
        at = row
        while at:
            cells = rows[at].tolist()
            cells[FRAUD_TYPE], cells[ORGANIZATION] = words[cells[FRAUD_TYPE]], words[cells[ORGANIZATION]]
            meaning += cells[:ALSO]
            at = cells[ALSO]
        meanings[row] = numbers.setdefault(tuple(meaning), len(numbers) + 1)
    return meanings


def refusing_profiles(rows: Rows) -> NDArray[np.bool_]:
    """Return which profiles refuse in any scope; simulated profiles never do."""
    refuses: NDArray[np.bool_] = (rows[:, TREATMENT] == _REFUSE) & (rows[:, SIMULATED] == 0)
    also = rows[:, ALSO]
    while True:
        extended = refuses | refuses[also]
        if (extended == refuses).all():
            return refuses
        refuses = extended
