"""Ranks of the keys of a clock: the place of each among those of the same tick and the same fields."""

import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine.evaluate import Evaluator
from fanzha.rules.tree import Rank
from fanzha.windows import UNKNOWN


def compute_ranks(node: Rank, at: Evaluator, moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rank of each row: 1 and the number of rows of its moment and fields whose value is larger.

    Equal values share a rank. It is UNKNOWN where the value or a field is, and such rows count for no other.
    """
    values, fields = at.numbers(node.value), [at.whole(field) for field in node.within]
    known = ~np.isnan(values)
    for field in fields:
        known &= field != UNKNOWN
    rows = np.flatnonzero(known)
    groups = np.stack([moments[rows], *(field[rows] for field in fields)])
    order = np.lexsort((-values[rows], *groups))
    groups, sorted_values, places = groups[:, order], values[rows][order], np.arange(len(rows))
    new_group = np.ones(len(rows), np.bool_)
    new_group[1:] = (groups[:, 1:] != groups[:, :-1]).any(axis=0)
    new_value = new_group.copy()
    new_value[1:] |= sorted_values[1:] != sorted_values[:-1]
    first_of_group = np.maximum.accumulate(np.where(new_group, places, 0))
    first_of_value = np.maximum.accumulate(np.where(new_value, places, 0))
    ranks = np.full(len(values), UNKNOWN, np.int64)
    ranks[rows[order]] = first_of_value - first_of_group + 1
    return ranks
