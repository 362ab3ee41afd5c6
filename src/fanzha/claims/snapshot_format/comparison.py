"""Count how numbers differ between two states of a snapshot: one pass over keys, both looked up by the same kernel."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.claims.snapshot_format.hash_tables import Words
from fanzha.claims.snapshot_format.lookup import NumberTables, find_profile
from fanzha.claims.snapshot_format.profiles import ALSO, FRAUD_TYPE, ORGANISATION, SIMULATED, TREATMENT, Rows
from fanzha.claims.treatment import TREATMENTS, Treatment

_REFUSE = TREATMENTS.index(Treatment.REFUSE)

#: Places of the counts.
ADDED, REMOVED, CHANGED, NEWLY_REFUSED, NO_LONGER_REFUSED = range(5)
COUNTS = 5

Meanings = tuple[NDArray[np.int64], NDArray[np.int64]]
Refusing = tuple[NDArray[np.bool_], NDArray[np.bool_]]


@compiled
def tally(then: int, now: int, meant: Meanings, refusing: Refusing, counts: NDArray[np.int64]) -> None:
    """Add to the counts what became of one subject, by its profiles before and after; 0 = not listed."""
    if then == 0 and now == 0:
        return
    if then == 0:
        counts[ADDED] += 1
    elif now == 0:
        counts[REMOVED] += 1
    elif meant[0][then] != meant[1][now]:
        counts[CHANGED] += 1
    refused, refuses = refusing[0][then], refusing[1][now]
    counts[NEWLY_REFUSED] += refuses and not refused
    counts[NO_LONGER_REFUSED] += refused and not refuses


@compiled
def count(
    keys: Words,
    before: NumberTables,
    after: NumberTables,
    meant: Meanings,
    refusing: Refusing,
    only_gone: bool,
    counts: NDArray[np.int64],
) -> None:
    """Add to the counts what became of each key; with `only_gone` only of those that are listed no more.

    `meant` numbers what profiles say, alike before and after; `refusing` says which of them refuse.
    """
    for row in range(len(keys)):
        now = find_profile(keys[row], after)
        if now == 0 or not only_gone:
            tally(find_profile(keys[row], before), now, meant, refusing, counts)


@compiled
def mark_changed(
    keys: Words, before: NumberTables, after: NumberTables, meant: Meanings, found: NDArray[np.bool_]
) -> None:
    """Mark the keys of which something else is said, or which are listed on one side alone."""
    for row in range(len(keys)):
        then, now = find_profile(keys[row], before), find_profile(keys[row], after)
        found[row] = (then == 0) != (now == 0) or meant[0][then] != meant[1][now]


@compiled
def count_pairs(then: Rows, now: Rows, meant: Meanings, refusing: Refusing, counts: NDArray[np.int64]) -> None:
    """Add to the counts what became of subjects whose profiles before and after are known."""
    for row in range(len(then)):
        tally(then[row], now[row], meant, refusing, counts)


def number_meanings(
    rows: Rows, words: list[str], known: dict[tuple[object, ...], int], used: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return a number for what each profile in use says; profiles of two files that say the same have the same one."""
    found = np.zeros(len(rows), np.int64)
    for row in used[used > 0].tolist():
        said: list[object] = []
        at = row
        while at:
            one = rows[at].tolist()
            one[FRAUD_TYPE], one[ORGANISATION] = words[one[FRAUD_TYPE]], words[one[ORGANISATION]]
            said += one[:ALSO]
            at = one[ALSO]
        found[row] = known.setdefault(tuple(said), len(known) + 1)
    return found


def refusing_profiles(rows: Rows) -> NDArray[np.bool_]:
    """Return which profiles refuse in any scope; made-up ones never do."""
    refuses: NDArray[np.bool_] = (rows[:, TREATMENT] == _REFUSE) & (rows[:, SIMULATED] == 0)
    also = rows[:, ALSO]
    while True:
        more = refuses | refuses[also]
        if (more == refuses).all():
            return refuses
        refuses = more
