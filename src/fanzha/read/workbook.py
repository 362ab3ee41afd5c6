"""Excel workbooks (.xlsx, .xls): the first sheet, or the one the map names, as a table.

python-calamine parses the file in a child process with limits and returns the cells in chunks.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import msgspec

from fanzha.base.child_process import ChildError, ChildLimits, ChildRefusal, stream_from_child
from fanzha.base.words import Words
from fanzha.read import _workbook_cells
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile
from fanzha.read._rejects import UnreadableSource
from fanzha.read._row_reader import CellRow, RowReader
from fanzha.read._stream import BOMB, FREE_EXPANSION_BYTES, MAX_EXPANSION
from fanzha.read._table_reader import TablePreview

DAMAGED = Words("工作簿不完整或已损坏；请另存为 CSV", "the workbook is cut off or damaged; save it as CSV")
PACKED = Words("请先解压工作簿", "unpack the workbook first: it must stand on its own")
EMPTY = Words("工作表为空", "the sheet is empty")
LOCKED = Words("工作簿有密码；请先去除密码", "the workbook has a password; remove it first")
NO_SHEET = Words("工作簿中没有这张工作表", "the workbook has no such sheet")
OTHER_SHEETS = Words(
    "只读取工作表“{sheet}”；未读取：{others}（在映射的 [file] 写 sheet 可指定）",
    "only the sheet {sheet!r} is read, not: {others} (name one by `sheet` under the map's [file])",
)
LONG_ROW = Words("有一行过长；请另存为 CSV", "one row is too long; save the workbook as CSV")
_WORDS_BY_REASON = {
    _workbook_cells.DAMAGED: DAMAGED,
    _workbook_cells.LOCKED: LOCKED,
    _workbook_cells.NO_SHEET: NO_SHEET,
    _workbook_cells.LONG_ROW: LONG_ROW,
}
_GZIP, _ZIP, _COMPOUND_FILE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUFFIXES = (".xlsx", ".xlsm", ".xls")
_LIMITS = ChildLimits()
_MOST_SHEETS = 20
_RowNumber = Annotated[int, msgspec.Meta(ge=1, lt=2**32)]
_DECODER = msgspec.json.Decoder(list[tuple[_RowNumber, list[str]]])


class Workbook(RowReader):
    """Excel workbooks."""

    name = "workbook"
    title = Words("Excel 工作簿 (.xlsx, .xls)", "Excel workbook (.xlsx, .xls)")
    empty = EMPTY

    def recognise(self, head: FileHead) -> float:
        """A zip file or an OLE compound file with the suffix of a workbook."""
        return 0.9 if head.data.startswith((_ZIP, _COMPOUND_FILE)) and head.name.endswith(_SUFFIXES) else 0.0

    def preview(self, source: SourceFile, layout: FileLayout) -> TablePreview:
        """Return the columns and sample rows of the sheet, and a note that names the sheets which are not read."""
        preview = super().preview(source, layout)
        names = [name for name in self._list_sheets(source) if name]
        sheet = layout.sheet or (names[0] if names else "")
        others = [name for name in names if name != sheet]
        if not others:
            return preview
        return replace(preview, notes=(OTHER_SHEETS.format(sheet=sheet, others=", ".join(others[:_MOST_SHEETS])),))

    def _list_sheets(self, source: SourceFile) -> list[str]:
        try:
            data = b"".join(stream_from_child(_LIMITS, _workbook_cells.list_sheets, str(source.path.absolute())))
            return msgspec.json.decode(data, type=list[str])
        except (ChildRefusal, ChildError, msgspec.MsgspecError):
            return []

    def iter_rows(self, source: SourceFile, layout: FileLayout) -> Iterator[CellRow]:
        """Yield (row number, cells as text) of every row with something in it."""
        if source.member:
            raise UnreadableSource(PACKED)
        max_bytes = FREE_EXPANSION_BYTES + MAX_EXPANSION * _check_file(source.path)
        try:
            for chunk in stream_from_child(
                _LIMITS, _workbook_cells.read_cells, str(source.path.absolute()), layout.sheet
            ):
                max_bytes -= len(chunk)
                if max_bytes < 0:
                    raise UnreadableSource(BOMB)
                yield from _DECODER.decode(chunk)
        except ChildRefusal as refusal:
            raise UnreadableSource(_WORDS_BY_REASON.get(refusal.reason, DAMAGED)) from None
        except ChildError as error:
            raise UnreadableSource(error.words) from error
        except msgspec.MsgspecError as error:
            raise UnreadableSource(DAMAGED) from error


READER = Workbook()


def _check_file(path: Path) -> int:
    """Return the size of a file. Raise UnreadableSource if it is packed again or its zip directory declares a bomb."""
    try:
        with path.open("rb") as file:
            signature = file.read(len(_ZIP))
            if signature.startswith(_GZIP):
                raise UnreadableSource(PACKED)
            if signature == _ZIP:
                _check_members(zipfile.ZipFile(file).infolist())
        return path.stat().st_size
    except UnreadableSource:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableSource(DAMAGED) from error


def _check_members(infos: list[zipfile.ZipInfo]) -> None:
    for info in infos:
        if info.flag_bits & 1:
            raise UnreadableSource(LOCKED)
        if info.file_size > FREE_EXPANSION_BYTES + MAX_EXPANSION * info.compress_size:
            raise UnreadableSource(BOMB)
