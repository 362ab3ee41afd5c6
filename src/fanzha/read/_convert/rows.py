"""Consecutive rows of a source: as cells under the file's column names, and as typed event columns with faults."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._rejects import Reject


@dataclass(frozen=True)
class RawRows:
    """Cells of `count` consecutive rows under the file's own column names."""

    columns: dict[str, ArrowColumn]
    count: int
    #: Returns the row numbers in the file of positions in these rows. Called for rejected rows only.
    row_numbers: Callable[[NDArray[np.int64]], list[int]]
    rejects: tuple[Reject, ...] = ()  # rows that could not be split into cells
    position: int = 0  # bytes of the file read so far
    notes: tuple[Words, ...] = ()
    source_rows: tuple[tuple[int, ...], ...] = ()  # the rows of the file that were merged to each row
    waiting: int = 0  # rows of the file whose call starts in another file

    def filter(self, mask: NDArray[np.bool_]) -> "RawRows":
        """Return the rows where `mask` is true. The others are not counted."""
        indexes, numbers = np.flatnonzero(mask), self.row_numbers
        columns = {name: column.filter(pa.array(mask)) for name, column in self.columns.items()}
        return replace(
            self, columns=columns, count=len(indexes), row_numbers=lambda positions: numbers(indexes[positions])
        )


def sequential_numbers(first: int) -> Callable[[NDArray[np.int64]], list[int]]:
    """Return a function for the row numbers of rows without gaps, which begin at `first`."""
    return lambda positions: [first + int(position) for position in positions]


def lookup_numbers(numbers: NDArray[np.int64]) -> Callable[[NDArray[np.int64]], list[int]]:
    """Return a function that looks up row numbers in an array."""
    return lambda positions: [int(number) for number in numbers[positions]]


Columns = dict[str, ArrowColumn]
Mask = NDArray[np.bool_]


class RowFault(NamedTuple):
    """The rows that are invalid for one reason in one event column."""

    column: str
    mask: Mask
    reason: Words


@dataclass
class TypedRows:
    """Typed event columns of `count` rows, and their faults. Rows with a fault become rejects."""

    count: int
    columns: Columns = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    def add_fault(self, column: str, mask: Mask, reason: Words) -> None:
        """Add a fault if any row has it."""
        if mask.any():
            self.faults.append(RowFault(column, mask, reason))

    @property
    def bad(self) -> Mask:
        """The rows with at least one fault."""
        no_rows: Mask = np.zeros(self.count, bool)
        return np.logical_or.reduce([fault.mask for fault in self.faults]) if self.faults else no_rows

    def first_faults(self) -> dict[int, RowFault]:
        """Return the first fault of each bad row, by row."""
        first: dict[int, RowFault] = {}
        for fault in self.faults:
            for row in np.flatnonzero(fault.mask):
                first.setdefault(int(row), fault)
        return dict(sorted(first.items()))

    def good_columns(self, good: Mask) -> Columns:
        """Return the columns without the bad rows."""
        if good.all():
            return self.columns
        selection = pa.array(good)
        return {name: column.filter(selection) for name, column in self.columns.items()}
