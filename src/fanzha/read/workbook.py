"""Excel workbooks (.xlsx): the first sheet, or the one the map names, as a table; read as a stream of rows.

ECMA-376: a zip of XML; cells refer to shared strings, and times are day numbers with a date style.
"""

import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from fanzha.base.words import Words
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile
from fanzha.read._rejects import UnreadableSource
from fanzha.read._row_reader import CellRow, RowReader
from fanzha.read._sheet.cells import rows_of
from fanzha.read._sheet.package import Package

DAMAGED = Words("工作簿不完整或已损坏；请另存为 CSV", "the workbook is cut off or damaged; save it as CSV")
PACKED = Words("请先解压工作簿", "unpack the workbook first: it must stand on its own")
EMPTY = Words("工作表为空", "the sheet is empty")
_BROKEN = (zipfile.BadZipFile, ElementTree.ParseError, KeyError, OSError, ValueError, NotImplementedError)


class Workbook(RowReader):
    """Excel workbooks."""

    name = "workbook"
    title = Words("Excel 工作簿 (.xlsx)", "Excel workbook (.xlsx)")
    empty = EMPTY

    def recognise(self, head: FileHead) -> float:
        """A zip file with a workbook's content types, by its name."""
        return 0.9 if head.data.startswith(b"PK\x03\x04") and head.name.endswith((".xlsx", ".xlsm")) else 0.0

    def iter_rows(self, source: SourceFile, layout: FileLayout) -> Iterator[CellRow]:
        """Yield (row number, cells as text) of every row with something in it."""
        if source.member:
            raise UnreadableSource(PACKED)
        try:
            with Package(source.path) as package, package.sheet(layout.sheet) as sheet:
                yield from rows_of(sheet, package.strings(), package.date_styles())
        except UnreadableSource:
            raise
        except _BROKEN as error:
            raise UnreadableSource(DAMAGED) from error


READER = Workbook()
