"""Rows of cells become columns: the header is found, short rows are filled, long ones cut, in bounded stretches."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fanzha.base.words import Words
from fanzha.read import FileHead, SourceFile
from fanzha.read import _row_reader as row_reader
from fanzha.read._map.column_map import ColumnMap, FileLayout
from fanzha.read._rejects import UnreadableSource
from fanzha.read._row_reader import CellRow, RowReader

SOURCE = SourceFile(Path("made-up"))
MAP = ColumnMap(table="calls", columns={"caller": "主叫号码", "callee": "被叫号码"})


class FixedRowReader(RowReader):
    """Gives the rows it was made with."""

    name = "given"
    title = Words("给定的行", "given rows")
    empty = Words("没有行", "no rows")

    def __init__(self, *rows: list[str]) -> None:
        self._rows = rows

    def recognise(self, head: FileHead) -> float:
        """Nothing is recognised."""
        return 0.0

    def iter_rows(self, source: SourceFile, layout: FileLayout) -> Iterator[CellRow]:
        """Number the rows."""
        yield from enumerate(self._rows, start=1)


READER = FixedRowReader(
    ["某公司话单", "", ""],
    ["主叫号码", "被叫号码", "备注"],
    ["19100000001", "19900000001", "", "多出的"],
    ["19100000002"],
    ["19100000003", "19900000003", "x"],
)


def test_the_header_is_found_below_what_the_file_says_of_itself() -> None:
    look = READER.preview(SOURCE, FileLayout())
    assert (look.names, look.layout.header) == (("主叫号码", "被叫号码", "备注"), 2)
    assert "某公司话单" in look.preamble
    assert look.sample["备注"].to_pylist() == [None, None, "x"]


def test_rows_are_as_wide_as_the_header_and_come_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_reader, "_BATCH_ROWS", 2)
    parts = list(READER.read_rows(SOURCE, READER.preview(SOURCE, FileLayout()), MAP))
    assert [part.count for part in parts] == [2, 1]
    assert [cell for part in parts for cell in part.columns["被叫号码"].to_pylist()] == [
        "19900000001",
        "",
        "19900000003",
    ]
    assert "备注" not in parts[0].columns


def test_a_file_without_rows_says_so() -> None:
    with pytest.raises(UnreadableSource, match="no rows"):
        FixedRowReader().preview(SOURCE, FileLayout())
