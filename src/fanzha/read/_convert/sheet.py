"""Our columns of one stretch while they are being read, and what was found wrong with which rows."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn

Columns = dict[str, ArrowColumn]
Mask = NDArray[np.bool_]


class Fault(NamedTuple):
    """Rows that do not fit, by one of our columns."""

    column: str
    rows: Mask
    why: Words


@dataclass
class Sheet:
    """`columns` have one length; a row with a fault becomes a reject."""

    rows: int
    columns: Columns = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, found: Mask, why: Words) -> None:
        """Note a fault, if any row has it."""
        if found.any():
            self.faults.append(Fault(column, found, why))

    @property
    def bad(self) -> Mask:
        """The rows with at least one fault."""
        none: Mask = np.zeros(self.rows, bool)
        return np.logical_or.reduce([fault.rows for fault in self.faults]) if self.faults else none

    def firsts(self) -> dict[int, Fault]:
        """Return for each bad row its first fault."""
        found: dict[int, Fault] = {}
        for fault in self.faults:
            for row in np.flatnonzero(fault.rows):
                found.setdefault(int(row), fault)
        return dict(sorted(found.items()))

    def kept(self, good: Mask) -> Columns:
        """Return the columns without the bad rows."""
        if good.all():
            return self.columns
        chosen = pa.array(good)
        return {name: column.filter(chosen) for name, column in self.columns.items()}
