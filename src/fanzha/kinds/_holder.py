"""A number is let again: its holder before and its holder after are two subjects."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.kinds.numbering.periods import number_keys, periods_of

#: Times are UTC milliseconds, `holder_from` inclusive and `holder_until` exclusive; no end is "still".
_HOLDER_COLUMNS: dict[str, pa.DataType] = {
    "number": pa.string(),  # canonical, as `normalise` writes it
    "holder_from": pa.int64(),
    "holder_until": pa.int64(),
}
HOLDER_SCHEMA: pa.Schema = pa.schema(_HOLDER_COLUMNS)


class HolderPeriod(NamedTuple):
    """One holder's time with a number: number and `holder_from` together name the subject (UTC ms)."""

    number: str
    holder_from: int
    holder_until: int | None = None

    def holds(self, at: int) -> bool:
        """Whether this holder had the number at a moment."""
        return self.holder_from <= at and (self.holder_until is None or at < self.holder_until)


class Holders:
    """Which holder a number had when."""

    def __init__(self, table: pa.Table) -> None:
        """Take a table of HOLDER_SCHEMA."""
        self._periods = periods_of(number_keys(table["number"]), table, "holder_from", "holder_until")
        self._rows = table.select(HOLDER_SCHEMA.names).combine_chunks()

    def at(self, number: str, at: int) -> HolderPeriod | None:
        """Return the holder period of a canonical number at a moment (UTC ms); None when nobody is known to hold it."""
        keys = number_keys(pa.array([number], pa.string()))
        row = int(self._periods.at(keys, np.array([at], np.int64))[0])
        return None if row < 0 else HolderPeriod(**self._rows.slice(row, 1).to_pylist()[0])

    def holder_from(
        self, numbers: "pa.Array[Any] | pa.ChunkedArray[Any]", moments: NDArray[np.int64]
    ) -> "pa.Array[Any]":
        """Return for each canonical number since when its holder of that moment has it, null when nobody is known."""
        row = self._periods.at(number_keys(numbers), moments)
        starts = self._rows["holder_from"].combine_chunks()
        where: Any = pa.array(row, mask=row < 0)
        return starts.take(where)
