"""Base class of readers whose format yields rows of cells: finds the header and collects rows into columns."""

from abc import abstractmethod
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._convert.rows import RawRows, lookup_numbers
from fanzha.read._delimited.layout import find_columns
from fanzha.read._map.column_map import ColumnMap, FileLayout
from fanzha.read._reader import SourceFile
from fanzha.read._rejects import UnreadableSource
from fanzha.read._table_reader import TablePreview, TableReader, list_needed_columns

_SAMPLE_ROWS = 400
_BATCH_ROWS = 20_000
_BATCH_CHARACTERS = 32 * 1024 * 1024

CellRow = tuple[int, list[str]]  # row number from 1, cells


class RowReader(TableReader):
    """A format that is read row by row. The first rows determine the columns."""

    empty: ClassVar[Words]  # the reason for rejecting a file without rows

    @abstractmethod
    def iter_rows(self, source: SourceFile, layout: FileLayout) -> Iterator[CellRow]:
        """Yield every row that is not empty, as text."""

    def preview(self, source: SourceFile, layout: FileLayout) -> TablePreview:
        """Find the header in the first rows; return the columns and sample rows below it."""
        rows: list[CellRow] = []
        try:
            rows.extend(islice(self.iter_rows(source, layout), _SAMPLE_ROWS))
        except UnreadableSource:
            if not rows:
                raise
        if not rows:
            raise UnreadableSource(self.empty)
        header, names = find_columns(rows, layout)
        data_rows = [_fit_width(row, len(names)) for number, row in rows if number > header]
        sample: dict[str, ArrowColumn] = {
            name: pa.array([row[index] or None for row in data_rows], pa.large_string())
            for index, name in enumerate(names)
        }
        about = "\n".join(" ".join(row) for number, row in rows if number < header)
        return TablePreview(names, sample, msgspec.structs.replace(layout, header=header), preamble=about)

    def read_rows(self, source: SourceFile, preview: TablePreview, map_: ColumnMap) -> Iterator[RawRows]:
        """Yield the rows below the header."""
        indexes = {name: preview.names.index(name) for name in list_needed_columns(preview, map_)}
        pending: list[CellRow] = []
        characters = 0
        try:
            for number, row in self.iter_rows(source, preview.layout):
                if number > (preview.layout.header or 0):
                    pending.append((number, _fit_width(row, len(preview.names))))
                    characters += sum(map(len, row))
                if len(pending) >= _BATCH_ROWS or characters > _BATCH_CHARACTERS:
                    yield _build_rows(pending, indexes)
                    pending, characters = [], 0
        except UnreadableSource:
            yield _build_rows(pending, indexes)
            raise
        yield _build_rows(pending, indexes)


def _build_rows(rows: list[CellRow], indexes: dict[str, int]) -> RawRows:
    columns: dict[str, ArrowColumn] = {
        name: pa.array([row[index] for _, row in rows], pa.large_string()) for name, index in indexes.items()
    }
    return RawRows(columns, len(rows), lookup_numbers(np.array([number for number, _ in rows], np.int64)))


def _fit_width(row: list[str], width: int) -> list[str]:
    return row[:width] + [""] * (width - len(row))
