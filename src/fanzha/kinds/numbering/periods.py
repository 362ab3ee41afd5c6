"""Entries that hold for a stretch of time, looked up as of a moment, for one number or for millions."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.lazy_module import lazy_module

pc = lazy_module("pyarrow.compute")  # untyped: the type stubs lose track in nested calls

FOREVER = np.iinfo(np.int64).max
_NO_KEY = np.iinfo(np.int64).min


def number_keys(values: "pa.Array[Any] | pa.ChunkedArray[Any]") -> NDArray[np.int64]:
    """Return canonical numbers as integers: E.164 positive, others negative; over 18 digits none matches."""
    texts = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    fits = pc.fill_null(pc.match_substring_regex(texts, r"^\+?[0-9]{1,18}$"), False)
    digits = pc.if_else(fits, pc.utf8_ltrim(texts, "+"), "0").cast(pa.int64())
    number: NDArray[np.int64] = digits.to_numpy(zero_copy_only=False)
    plus = pc.fill_null(pc.starts_with(texts, "+"), False).to_numpy(zero_copy_only=False)
    keys = np.where(plus, number, -1 - number)
    keys[~fits.to_numpy(zero_copy_only=False)] = _NO_KEY
    return keys


class Periods:
    """Rows of key, from (inclusive) and until (exclusive), in UTC milliseconds; the later of two that hold counts."""

    def __init__(self, keys: NDArray[np.int64], since: NDArray[np.int64], until: NDArray[np.int64]) -> None:
        """Sort the rows; the three arrays have one entry a row."""
        self._order = np.lexsort((since, keys))
        self._keys, self._since, self._until = keys[self._order], since[self._order], until[self._order]

    def at(self, keys: NDArray[np.int64], moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each key and moment the row that holds then, -1 when none does."""
        first = np.searchsorted(self._keys, keys, side="left")
        low, high = first.copy(), np.searchsorted(self._keys, keys, side="right")
        while (open_ := low < high).any():  # bisect all rows at once for the last `since` that is not after the moment
            middle = (low + high) // 2
            begun = open_ & (self._since[np.minimum(middle, self._since.size - 1)] <= moments)
            low = np.where(begun, middle + 1, low)
            high = np.where(open_ & ~begun, middle, high)
        row = low - 1
        holds = (row >= first) & (keys != _NO_KEY)
        holds &= moments < self._until[np.maximum(row, 0)] if self._until.size else False
        return np.where(holds, self._order[np.maximum(row, 0)], -1) if self._order.size else np.full(keys.size, -1)


def periods_of(keys: NDArray[np.int64], table: pa.Table, since: str, until: str) -> Periods:
    """Build periods from a table's time columns (int64 ms); no beginning is always, no end is for ever."""
    begins: NDArray[np.int64] = pc.fill_null(table[since], -FOREVER).to_numpy()
    ends: NDArray[np.int64] = pc.fill_null(table[until], FOREVER).to_numpy()
    return Periods(keys, begins, ends)
