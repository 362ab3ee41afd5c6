"""HTML tables: what many systems export as `.xls` is a page with a table in it."""

from collections.abc import Iterator
from html.parser import HTMLParser

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._convert.rows import Rows, numbered
from fanzha.read._delimited.layout import named_columns
from fanzha.read._encoding import Utf8, guess
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._opening import Stream, opened
from fanzha.read._reader import Head, Source
from fanzha.read._rejects import Unreadable
from fanzha.read._table_reader import Look, TableReader, wanted

NO_ROWS = Words("网页中没有表格", "there is no table in the page")
_SAMPLE_ROWS = 400
_BATCH_ROWS = 20_000
_MOST_COLUMNS = 4_096
_LONGEST_CELL = 2 * 1024 * 1024
_BLOCK = 262_144


class HtmlTable(TableReader):
    """Pages whose tables hold the data; all tables of a page are read as one."""

    name = "html-table"
    title = Words("网页表格（常见于 .xls 导出）", "HTML table (many an exported .xls)")

    def recognise(self, head: Head) -> float:
        """Text that begins with a tag and holds rows and cells."""
        start = head.data.replace(b"\0", b"").lower()
        if not guess(head.data) or not start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
            return 0.0
        return 0.8 if b"<table" in start and b"<tr" in start and b"<td" in start else 0.0

    def look(self, source: Source, layout: Layout) -> Look:
        """Find the header among the first rows."""
        rows: list[tuple[int, list[str]]] = []
        for row in _rows(source, layout):
            rows.append(row)
            if len(rows) >= _SAMPLE_ROWS:
                break
        if not rows:
            raise Unreadable(NO_ROWS)
        header, names = named_columns(rows, layout)
        cells = [_fitted(row, len(names)) for number, row in rows if number > header]
        sample: dict[str, ArrowColumn] = {
            name: pa.array([row[at] or None for row in cells], pa.large_string()) for at, name in enumerate(names)
        }
        about = "\n".join(" ".join(row) for number, row in rows if number < header)
        return Look(names, sample, Layout(header=header, encoding=layout.encoding, names=layout.names), about=about)

    def rows(self, source: Source, look: Look, map_: ColumnMap) -> Iterator[Rows]:
        """Yield the rows below the header; rows are counted from the top of the page's first table."""
        places = {name: look.names.index(name) for name in wanted(look, map_)}
        held: list[tuple[int, list[str]]] = []
        for number, row in _rows(source, look.layout):
            if number > (look.layout.header or 0):
                held.append((number, _fitted(row, len(look.names))))
            if len(held) >= _BATCH_ROWS:
                yield _stretch(held, places)
                held = []
        yield _stretch(held, places)


READER = HtmlTable()


def _stretch(held: list[tuple[int, list[str]]], places: dict[str, int]) -> Rows:
    columns: dict[str, ArrowColumn] = {
        name: pa.array([row[at] for _, row in held], pa.large_string()) for name, at in places.items()
    }
    return Rows(columns, len(held), numbered(np.array([number for number, _ in held], np.int64)))


def _fitted(row: list[str], width: int) -> list[str]:
    return row[:width] + [""] * (width - len(row))


def _rows(source: Source, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    with opened(source.path, source.member) as stream:
        yield from table_rows(stream, layout.encoding)


def table_rows(stream: Stream, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of every row with something in it."""
    page, number = _Page(), 0
    for block in Utf8(stream, encoding).blocks(_BLOCK):
        page.feed(block.decode("utf-8", "replace"))
        for row in page.taken():
            number += 1
            if any(row):
                yield number, row


class _Page(HTMLParser):
    """Collects the cells of rows; what stands outside of cells is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._size = 0

    def taken(self) -> list[list[str]]:
        """Return the rows that are complete, and forget them."""
        done, self._done = self._done, []
        return done

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell; a new one ends the one before (end tags may be left out)."""
        if tag == "tr":
            self._end_row()
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._end_cell()
            self._cell, self._size = [], 0

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row or the table."""
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        """Keep what stands in a cell, within a limit."""
        if self._cell is not None and self._size < _LONGEST_CELL:
            self._cell.append(data)
            self._size += len(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None and len(self._row) < _MOST_COLUMNS:
            self._row.append("".join(self._cell).strip())
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._done.append(self._row)
        self._row = None
