"""Readers of formats that give rows of cells: the header found, the rows below it gathered as columns."""

from abc import abstractmethod
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._convert.rows import Rows, numbered
from fanzha.read._delimited.layout import named_columns
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._reader import Source
from fanzha.read._rejects import Unreadable
from fanzha.read._table_reader import Look, TableReader, wanted

_SAMPLE_ROWS = 400
_BATCH_ROWS = 20_000

Row = tuple[int, list[str]]  # its number, counted from 1, and its cells


class RowReader(TableReader):
    """A format that is read row by row; the first rows tell the columns."""

    empty: ClassVar[Words]  # what is said of a file without rows

    @abstractmethod
    def cells(self, source: Source, layout: Layout) -> Iterator[Row]:
        """Yield every row with something in it, as text."""

    def look(self, source: Source, layout: Layout) -> Look:
        """Find the header among the first rows."""
        rows = list(islice(self.cells(source, layout), _SAMPLE_ROWS))
        if not rows:
            raise Unreadable(self.empty)
        header, names = named_columns(rows, layout)
        below = [_fitted(row, len(names)) for number, row in rows if number > header]
        sample: dict[str, ArrowColumn] = {
            name: pa.array([row[at] or None for row in below], pa.large_string()) for at, name in enumerate(names)
        }
        about = "\n".join(" ".join(row) for number, row in rows if number < header)
        return Look(names, sample, msgspec.structs.replace(layout, header=header), about=about)

    def rows(self, source: Source, look: Look, map_: ColumnMap) -> Iterator[Rows]:
        """Yield the rows below the header."""
        places = {name: look.names.index(name) for name in wanted(look, map_)}
        held: list[Row] = []
        for number, row in self.cells(source, look.layout):
            if number > (look.layout.header or 0):
                held.append((number, _fitted(row, len(look.names))))
            if len(held) >= _BATCH_ROWS:
                yield _stretch(held, places)
                held = []
        yield _stretch(held, places)


def _stretch(held: list[Row], places: dict[str, int]) -> Rows:
    columns: dict[str, ArrowColumn] = {
        name: pa.array([row[at] for _, row in held], pa.large_string()) for name, at in places.items()
    }
    return Rows(columns, len(held), numbered(np.array([number for number, _ in held], np.int64)))


def _fitted(row: list[str], width: int) -> list[str]:
    return row[:width] + [""] * (width - len(row))
