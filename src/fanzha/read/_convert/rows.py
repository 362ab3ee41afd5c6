"""A stretch of a table as its file has it, before anybody knows what the columns mean."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._rejects import Reject


@dataclass(frozen=True)
class Rows:
    """Cells of `count` rows under the file's own column names."""

    columns: dict[str, ArrowColumn]
    count: int
    #: From positions in this stretch to row numbers of the file; asked only for rows that are shown to somebody.
    row_numbers: Callable[[NDArray[np.int64]], list[int]]
    rejects: tuple[Reject, ...] = ()  # rows that could not even be taken apart
    position: int = 0  # bytes of the file taken so far
    notes: tuple[Words, ...] = ()
    members: tuple[tuple[int, ...], ...] = ()  # rows of the file behind each row here, when there are several
    waiting: int = 0  # rows of the file whose other half is not in it

    def only(self, kept: NDArray[np.bool_]) -> "Rows":
        """Return these rows without the others, which are not counted."""
        places, numbers = np.flatnonzero(kept), self.row_numbers
        columns = {name: column.filter(pa.array(kept)) for name, column in self.columns.items()}
        return replace(self, columns=columns, count=len(places), row_numbers=lambda at: numbers(places[at]))


def counted_from(first: int) -> Callable[[NDArray[np.int64]], list[int]]:
    """Return row numbers for a stretch whose rows follow each other without a gap."""
    return lambda positions: [first + int(position) for position in positions]


def numbered(numbers: NDArray[np.int64]) -> Callable[[NDArray[np.int64]], list[int]]:
    """Return row numbers for a stretch whose rows are numbered one by one."""
    return lambda positions: [int(number) for number in numbers[positions]]
