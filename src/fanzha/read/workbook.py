"""Excel workbooks (.xlsx): the first sheet, or the one the map names, as a table; read as a stream of rows.

ECMA-376: a zip of XML; cells refer to shared strings, and times are day numbers with a date style.
"""

import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._convert.rows import Rows, numbered
from fanzha.read._delimited.layout import named_columns
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._reader import Head, Source
from fanzha.read._rejects import Unreadable
from fanzha.read._sheet.cells import rows_of
from fanzha.read._sheet.package import Package
from fanzha.read._table_reader import Look, TableReader, wanted

DAMAGED = Words("工作簿不完整或已损坏；请另存为 CSV", "the workbook is cut off or damaged; save it as CSV")
PACKED = Words("请先解压工作簿", "unpack the workbook first: it must stand on its own")
EMPTY = Words("工作表为空", "the sheet is empty")
_SAMPLE_ROWS = 400
_BATCH_ROWS = 20_000


class Workbook(TableReader):
    """Excel workbooks."""

    name = "workbook"
    title = Words("Excel 工作簿 (.xlsx)", "Excel workbook (.xlsx)")

    def recognise(self, head: Head) -> float:
        """A zip file with a workbook's content types, by its name."""
        return 0.9 if head.data.startswith(b"PK\x03\x04") and head.name.endswith((".xlsx", ".xlsm")) else 0.0

    def look(self, source: Source, layout: Layout) -> Look:
        """Find the header among the first rows."""
        rows: list[tuple[int, list[str]]] = []
        for row in _rows(source, layout):
            rows.append(row)
            if len(rows) >= _SAMPLE_ROWS:
                break
        if not rows:
            raise Unreadable(EMPTY)
        header, names = named_columns(rows, layout)
        cells = [_width(row, len(names)) for number, row in rows if number > header]
        sample: dict[str, ArrowColumn] = {
            name: pa.array([row[at] or None for row in cells], pa.large_string()) for at, name in enumerate(names)
        }
        about = "\n".join(" ".join(row) for number, row in rows if number < header)
        return Look(names, sample, Layout(header=header, sheet=layout.sheet, names=layout.names), about=about)

    def rows(self, source: Source, look: Look, map_: ColumnMap) -> Iterator[Rows]:
        """Yield the rows below the header."""
        places = {name: look.names.index(name) for name in wanted(look, map_)}
        numbers: list[int] = []
        held: list[list[str]] = []
        for number, row in _rows(source, look.layout):
            if number > (look.layout.header or 0):
                numbers.append(number)
                held.append(_width(row, len(look.names)))
            if len(held) >= _BATCH_ROWS:
                yield _stretch(held, numbers, places)
                held, numbers = [], []
        yield _stretch(held, numbers, places)


READER = Workbook()


def _stretch(held: list[list[str]], numbers: list[int], places: dict[str, int]) -> Rows:
    columns: dict[str, ArrowColumn] = {
        name: pa.array([row[at] for row in held], pa.large_string()) for name, at in places.items()
    }
    return Rows(columns, len(held), numbered(np.array(numbers, np.int64)))


def _width(row: list[str], width: int) -> list[str]:
    return row[:width] + [""] * (width - len(row))


def _rows(source: Source, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells as text) of every row with something in it."""
    if source.member:
        raise Unreadable(PACKED)
    try:
        with Package(source.path) as package, package.sheet(layout.sheet) as sheet:
            yield from rows_of(sheet, package.strings(), package.date_styles())
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, OSError, ValueError, NotImplementedError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(DAMAGED) from error
