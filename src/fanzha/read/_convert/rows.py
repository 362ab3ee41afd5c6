"""A stretch of a table as its file has it, before anybody knows what the columns mean."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn as ArrowColumn
from fanzha.read._rejects import Reject


@dataclass(frozen=True)
class RawRows:
    """Cells of `count` rows under the file's own column names."""

    columns: dict[str, ArrowColumn]
    count: int
    #: From positions in this stretch to row numbers of the file; asked only for rows that are shown to somebody.
    row_numbers: Callable[[NDArray[np.int64]], list[int]]
    rejects: tuple[Reject, ...] = ()  # rows that could not even be taken apart
    position: int = 0  # bytes of the file taken so far
    notes: tuple[Words, ...] = ()
    source_rows: tuple[tuple[int, ...], ...] = ()  # rows of the file behind each row here, when there are several
    waiting: int = 0  # rows of the file whose other half is not in it

    def filter(self, mask: NDArray[np.bool_]) -> "RawRows":
        """Return these rows without the others, which are not counted."""
        indexes, numbers = np.flatnonzero(mask), self.row_numbers
        columns = {name: column.filter(pa.array(mask)) for name, column in self.columns.items()}
        return replace(
            self, columns=columns, count=len(indexes), row_numbers=lambda positions: numbers(indexes[positions])
        )


def sequential_numbers(first: int) -> Callable[[NDArray[np.int64]], list[int]]:
    """Return row numbers for a stretch whose rows follow each other without a gap."""
    return lambda positions: [first + int(position) for position in positions]


def lookup_numbers(numbers: NDArray[np.int64]) -> Callable[[NDArray[np.int64]], list[int]]:
    """Return row numbers for a stretch whose rows are numbered one by one."""
    return lambda positions: [int(number) for number in numbers[positions]]


Columns = dict[str, ArrowColumn]
Mask = NDArray[np.bool_]


class RowFault(NamedTuple):
    """Rows that do not fit, by one of our columns."""

    column: str
    mask: Mask
    reason: Words


@dataclass
class TypedRows:
    """`columns` have one length; a row with a fault becomes a reject."""

    count: int
    columns: Columns = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    def add_fault(self, column: str, mask: Mask, reason: Words) -> None:
        """Note a fault, if any row has it."""
        if mask.any():
            self.faults.append(RowFault(column, mask, reason))

    @property
    def bad(self) -> Mask:
        """The rows with at least one fault."""
        no_rows: Mask = np.zeros(self.count, bool)
        return np.logical_or.reduce([fault.mask for fault in self.faults]) if self.faults else no_rows

    def first_faults(self) -> dict[int, RowFault]:
        """Return for each bad row its first fault."""
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
