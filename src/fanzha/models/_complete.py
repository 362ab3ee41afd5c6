"""Fill in a profile so that what is missing tells nothing: an absent stretch becomes an ordinary subscriber's."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fanzha.events import Column
from fanzha.events.subscriber_profile import BILLS, CALLS, TEXTS, TRAFFIC
from fanzha.models._boosted import Floats, medians

#: Each stretch of the profile and the column that tells whether it is there.
STRETCHES: tuple[tuple[Sequence[Column], str], ...] = (
    (CALLS, "calls"),
    (TEXTS, "texts"),
    (TRAFFIC, "apps"),
    (BILLS, "bill_cny_mean"),
)


def whole(values: Floats) -> NDArray[np.bool_]:
    """Return which rows of a profile (rows × all its columns) have every stretch."""
    there: NDArray[np.bool_] = np.logical_and.reduce([known for _, known in _stretches(values)])
    return there


def ordinary(values: Floats) -> Floats:
    """Return the profile of an ordinary subscriber: the medians of the rows that are whole."""
    return medians(completed(values[whole(values)], np.zeros(values.shape[1])))


def completed(values: Floats, instead: Floats) -> Floats:
    """Return the profile without gaps: absent stretches from `instead`, single gaps 0 (one month has no spread)."""
    out = np.nan_to_num(values, nan=0.0)
    for place, there in _stretches(values):
        out[:, place] = np.where(there[:, None], out[:, place], instead[place])
    return out


def _stretches(values: Floats) -> list[tuple[slice, NDArray[np.bool_]]]:
    found, begin = [], 0
    for columns, sign in STRETCHES:
        names = [column.name for column in columns]
        found.append((slice(begin, begin + len(names)), ~np.isnan(values[:, begin + names.index(sign)])))
        begin += len(names)
    return found
