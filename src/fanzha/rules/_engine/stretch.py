"""A piece of the sequence of facts with its integer columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.rules._engine.stored_columns import StoredColumns
from fanzha.windows import UNKNOWN, FactBatch
from fanzha.windows.codes import TextCodes

Whole = NDArray[np.int64]


@dataclass
class Stretch:
    """A piece of the sequence: its facts, and the table and row of each (-1 for a wait)."""

    facts: FactBatch
    tables: NDArray[np.int8]
    rows: NDArray[np.int64]
    batches: list[tuple[str, pa.RecordBatch]]
    codes: TextCodes
    columns: dict[str, Whole] = field(default_factory=dict)

    def column(self, name: str) -> Whole:
        """Return a column to write to; create it if it is missing."""
        if name not in self.columns:
            self.columns[name] = np.full(len(self.facts), UNKNOWN, np.int64)
        return self.columns[name]

    def fact_positions(self, kind: int) -> NDArray[np.intp]:
        """Return the positions of the facts of one kind."""
        return np.flatnonzero(self.facts.kinds == kind)

    def part(self, begin: int, end: int) -> "Stretch":
        """Return a piece; columns added to it are not added to the whole stretch."""
        where, whole = slice(begin, end), self.facts
        facts = FactBatch(whole.kinds[where], whole.moments[where], {}, whole.first + begin)
        columns: dict[str, Whole]
        if isinstance(self.columns, StoredColumns):
            columns = self.columns.part(begin, end)
        else:
            columns = {name: column[where] for name, column in self.columns.items()}
        return Stretch(facts, self.tables[where], self.rows[where], self.batches, self.codes, columns)

    def with_columns(self) -> FactBatch:
        """Return the facts with all columns computed so far."""
        return FactBatch(self.facts.kinds, self.facts.moments, self.columns, self.facts.first)

    def insert_moments(self, kinds: Sequence[int], due: Sequence[Whole]) -> list[NDArray[np.intp]]:
        """Insert moments of several kinds, each behind all facts of its millisecond; return their positions by kind.

        The moments of a kind are in order; at the same moment the kinds follow each other as given.
        """
        moments, kind_indices = np.concatenate(due), np.repeat(np.arange(len(due)), [len(part) for part in due])
        order = np.lexsort((kind_indices, moments))
        moments, kind_indices = moments[order], kind_indices[order]
        at = np.searchsorted(self.facts.moments, moments, side="right")
        if len(at):
            codes = np.array(kinds, np.int16)[kind_indices]
            self.tables = np.insert(self.tables, at, -1).astype(np.int8)
            self.rows = np.insert(self.rows, at, -1)
            columns = {name: np.insert(column, at, UNKNOWN) for name, column in self.columns.items()}
            self.columns.clear()
            self.columns.update(columns)
            self.facts = FactBatch(
                np.insert(self.facts.kinds, at, codes),
                np.insert(self.facts.moments, at, moments),
                {},
                self.facts.first,
            )
        positions = at + np.arange(len(at))
        return [positions[kind_indices == number] for number in range(len(kinds))]
