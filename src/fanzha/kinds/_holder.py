"""Holder periods of reassigned numbers: each holder of a number is a separate subject."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.kinds.numbering.periods import number_keys, periods_of

#: Times are UTC milliseconds, `holder_from` inclusive and `holder_until` exclusive; null is an open end.
_HOLDER_COLUMNS: dict[str, pa.DataType] = {
    "number": pa.string(),  # canonical, as `normalise` writes it
    "holder_from": pa.int64(),
    "holder_until": pa.int64(),
}
HOLDER_SCHEMA: pa.Schema = pa.schema(_HOLDER_COLUMNS)


class HolderPeriod(NamedTuple):
    """Period in which one holder has a number; number and `holder_from` identify the subject (UTC ms)."""

    number: str
    holder_from: int
    holder_until: int | None = None

    def holds(self, at: int) -> bool:
        """Return whether this holder has the number at a moment (UTC ms)."""
        return self.holder_from <= at and (self.holder_until is None or at < self.holder_until)


class Holders:
    """Holder periods of numbers, by time."""

    def __init__(self, table: pa.Table) -> None:
        """Take a table of HOLDER_SCHEMA."""
        self._periods = periods_of(number_keys(table["number"]), table, "holder_from", "holder_until")
        self._rows = table.select(HOLDER_SCHEMA.names).combine_chunks()

    def at(self, number: str, at: int) -> HolderPeriod | None:
        """Return the holder period of a canonical number at a moment (UTC ms), or None if no holder is known."""
        keys = number_keys(pa.array([number], pa.string()))
        row = int(self._periods.at(keys, np.array([at], np.int64))[0])
        return None if row < 0 else HolderPeriod(**self._rows.slice(row, 1).to_pylist()[0])

    def holder_from(
        self, numbers: "pa.Array[Any] | pa.ChunkedArray[Any]", moments: NDArray[np.int64]
    ) -> "pa.Array[Any]":
        """Return the start of the holder period of each canonical number at its moment, null if no holder is known."""
        row = self._periods.at(number_keys(numbers), moments)
        starts = self._rows["holder_from"].combine_chunks()
        where: Any = pa.array(row, mask=row < 0)
        return starts.take(where)
