"""HTML tables, which many systems export with the suffix `.xls`."""

from collections.abc import Iterator
from html.parser import HTMLParser

from fanzha.base.words import Words
from fanzha.read._encoding import Utf8Decoder, detect_encoding
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile
from fanzha.read._rejects import UnreadableSource
from fanzha.read._row_reader import CellRow, RowReader
from fanzha.read._stream import SourceStream, open_stream

NO_ROWS = Words("网页中没有表格", "there is no table in the page")
CUT_OFF = Words("网页在此行中断，可能尚未写完，该行未使用", "the page is cut off in this row, which is not used")
_MAX_COLUMNS = 4_096
_MAX_CELL_CHARACTERS = 2 * 1024 * 1024
_BLOCK = 262_144


class HtmlTable(RowReader):
    """HTML pages. All tables of a page are read as one table."""

    name = "html-table"
    title = Words("网页表格（常见于 .xls 导出）", "HTML table (many an exported .xls)")
    empty = NO_ROWS

    def recognise(self, head: FileHead) -> float:
        """Look for a text that begins with a tag and holds a table with rows and cells."""
        start = head.data.replace(b"\0", b"").lower()
        if not detect_encoding(head.data) or not start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
            return 0.0
        return 0.8 if b"<table" in start and b"<tr" in start and b"<td" in start else 0.0

    def iter_rows(self, source: SourceFile, layout: FileLayout) -> Iterator[CellRow]:
        """Yield the rows of all tables, numbered from the first row of the first table."""
        with open_stream(source.path, source.member) as stream:
            yield from read_table_rows(stream, layout.encoding)


READER = HtmlTable()


def read_table_rows(stream: SourceStream, encoding: str) -> Iterator[CellRow]:
    """Yield (row number, cells) of every row that is not empty."""
    page, number = _TableParser(), 0
    for block in Utf8Decoder(stream, encoding).read_blocks(_BLOCK):
        page.feed(block.decode("utf-8", "replace"))
        for row in page.pop_rows():
            number += 1
            if any(row):
                yield number, row
    if page.is_cut_off:
        raise UnreadableSource(CUT_OFF, row=number + 1)


class _TableParser(HTMLParser):
    """Collects the text of table cells and ignores everything else."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._size = 0

    @property
    def is_cut_off(self) -> bool:
        """Whether the page ends in a row, or in a tag."""
        return self._row is not None or self.rawdata.lstrip().startswith("<")

    def pop_rows(self) -> list[list[str]]:
        """Return and remove the complete rows."""
        rows, self._rows = self._rows, []
        return rows

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Start a row or a cell, and end the one before, because end tags are optional."""
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
        """Append text to the current cell, up to a size limit."""
        if self._cell is not None and self._size < _MAX_CELL_CHARACTERS:
            self._cell.append(data)
            self._size += len(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None and len(self._row) < _MAX_COLUMNS:
            self._row.append("".join(self._cell).strip())
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._rows.append(self._row)
        self._row = None
