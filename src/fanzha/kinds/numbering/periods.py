"""Time-limited table entries: find the entry that is valid for a key at a moment, for whole columns."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.lazy_module import lazy_module

pc = lazy_module("pyarrow.compute")  # untyped: the type stubs lose track in nested calls

FOREVER = np.iinfo(np.int64).max
_NO_KEY = np.iinfo(np.int64).min


def number_keys(values: "pa.Array[Any] | pa.ChunkedArray[Any]") -> NDArray[np.int64]:
    """Return canonical numbers as integer keys: E.164 positive, others negative; more than 18 digits never match."""
    texts = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    fits = pc.fill_null(pc.match_substring_regex(texts, r"^\+?[0-9]{1,18}$"), False)
    digits = pc.if_else(fits, pc.utf8_ltrim(texts, "+"), "0").cast(pa.int64())
    number: NDArray[np.int64] = digits.to_numpy(zero_copy_only=False)
    plus = pc.fill_null(pc.starts_with(texts, "+"), False).to_numpy(zero_copy_only=False)
    keys = np.where(plus, number, -1 - number)
    keys[~fits.to_numpy(zero_copy_only=False)] = _NO_KEY
    return keys


class Periods:
    """Rows of key, start (inclusive) and end (exclusive) in UTC milliseconds; the latest valid row applies."""

    def __init__(self, keys: NDArray[np.int64], since: NDArray[np.int64], until: NDArray[np.int64]) -> None:
        """Sort the rows; the three arrays have one entry a row."""
        self._order = np.lexsort((since, keys))
        self._keys, self._since, self._until = keys[self._order], since[self._order], until[self._order]

    def at(self, keys: NDArray[np.int64], moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row that is valid for each key at its moment, or -1."""
        first = np.searchsorted(self._keys, keys, side="left")
        low, high = first.copy(), np.searchsorted(self._keys, keys, side="right")
        while (open_ := low < high).any():  # vectorised bisection for the last `since` at or before the moment
            middle = (low + high) // 2
            begun = open_ & (self._since[np.minimum(middle, self._since.size - 1)] <= moments)
            low = np.where(begun, middle + 1, low)
            high = np.where(open_ & ~begun, middle, high)
        row = low - 1
        holds = (row >= first) & (keys != _NO_KEY)
        holds &= moments < self._until[np.maximum(row, 0)] if self._until.size else False
        return np.where(holds, self._order[np.maximum(row, 0)], -1) if self._order.size else np.full(keys.size, -1)


def periods_of(keys: NDArray[np.int64], table: pa.Table, since: str, until: str) -> Periods:
    """Build periods from the time columns of a table (int64 ms); a null start or end is unlimited."""
    begins: NDArray[np.int64] = pc.fill_null(table[since], -FOREVER).to_numpy()
    ends: NDArray[np.int64] = pc.fill_null(table[until], FOREVER).to_numpy()
    return Periods(keys, begins, ends)
