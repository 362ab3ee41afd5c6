"""Rows are read whatever they are written as; what is no row says so."""

import gzip
import resource
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.workbooks import inline_rows, xls, xlsx

from fanzha.base.words import Words
from fanzha.command.imports.file_rows import TOO_DEEP, column_names, read_rows
from fanzha.read import UnreadableSource

WANTED = [{"号码": "+8617000001234", "运营商": "联通"}, {"号码": "+8617000001235", "运营商": "电信"}]
TEXT = "号码,运营商\n+8617000001234,联通\n\n+8617000001235,电信\n"


def cells(path: Path) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_rows(path)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert column_names(path) == ("号码", "运营商") and cells(path) == WANTED


def test_packed_text_with_another_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(TEXT.replace(",", "\t").encode()))
    assert cells(path) == WANTED


def test_json_lines_and_parquet(tmp_path: Path) -> None:
    lines, columns = tmp_path / "table.jsonl", tmp_path / "table.parquet"
    lines.write_text('{"号码": "+8617000001234", "n": [1, 2], "y": true}\n\nrubbish\n[1]\n{"号码": null}\n', "utf-8")
    rows = list(read_rows(lines))
    assert [(row.number, row.problem is None) for row in rows] == [(1, True), (3, False), (4, False), (5, True)]
    assert rows[0].cells == {"号码": "+8617000001234", "n": "1;2", "y": "true"} and rows[3].cells == {"号码": ""}
    pq.write_table(pa.Table.from_pylist(WANTED), columns)
    assert cells(columns) == WANTED and [row.number for row in read_rows(columns)] == [1, 2]


@pytest.mark.parametrize("function", [column_names, cells])
def test_a_small_parquet_file_that_unpacks_to_gigabytes_is_refused(
    tmp_path: Path, function: Callable[[Path], object]
) -> None:
    """One value of 900,000 characters, repeated by a dictionary: 1 KB on disk, 1.8 GB of cells."""
    path = tmp_path / "table.parquet"
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), pa.array(["1" * 900_000]))
    pq.write_table(pa.table({"号码": repeated}), path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 2_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if function is column_names:
        assert column_names(path) == ("号码",)
    else:
        with pytest.raises(UnreadableSource):
            function(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # KiB


@pytest.mark.parametrize(
    ("name", "piece"),
    [("table.csv", b"x" * 1_000), ("table.csv", b'"\n",' * 250), ("table.jsonl", b"x" * 1_000)],
    ids=["line", "quoted lines", "JSON"],
)
def test_a_row_that_is_too_long_ends_reading_before_it_fills_the_memory(
    tmp_path: Path, name: str, piece: bytes
) -> None:
    path = tmp_path / name
    head = b'{"number": "1"}\n' if name.endswith(".jsonl") else b"number,origin\n+8617000001234,a\n"
    path.write_bytes(head + piece * 20_000)
    rows = read_rows(path)
    assert next(rows).number
    with pytest.raises(UnreadableSource, match="too long"):
        next(rows)


def test_a_cell_that_is_too_long_and_a_damaged_parquet_file_are_refused(tmp_path: Path) -> None:
    long, damaged = tmp_path / "long.parquet", tmp_path / "damaged.parquet"
    pq.write_table(pa.table({"号码": ["1" * 1_000_001]}), long)
    with pytest.raises(UnreadableSource, match="too long"):
        cells(long)
    damaged.write_bytes(long.read_bytes()[:-40] + b"PAR1")
    with pytest.raises(UnreadableSource, match="damaged"):
        column_names(damaged)


@pytest.mark.parametrize(("levels", "problem"), [(63, None), (64, TOO_DEEP), (990, TOO_DEEP), (100_000, TOO_DEEP)])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_a_deeply_nested_row_is_rejected_with_a_reason(
    tmp_path: Path, opening: str, closing: str, levels: int, problem: Words | None
) -> None:
    path = tmp_path / "table.jsonl"
    nested = '{"号码": ' + opening * levels + "1" + closing * levels + "}"
    path.write_text(f'{{"号码": "1"}}\n{nested}\n{{"号码": "2"}}\n', "utf-8")
    rows = list(read_rows(path))
    assert [row.number for row in rows] == [1, 2, 3] and rows[2].cells == {"号码": "2"}
    assert rows[1].problem == problem


def test_rows_are_numbered_by_lines_and_odd_ones_are_told(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('号码,运营商\n"+8617000001234","联\n通"\n+8617000001235\n1,2,3\n', "utf-8")
    assert [(row.number, row.problem is None) for row in read_rows(path)] == [(3, True), (4, False), (5, False)]


@pytest.mark.parametrize("name", ["table.xlsx", "table.xls"])
def test_a_workbook_with_a_title_and_empty_cells_at_the_end_of_rows(tmp_path: Path, name: str) -> None:
    table = [["名单"], ["号码", "运营商", "备注"], ["+8617000001234", "联通"], ["+8617000001235", "电信", "x"]]
    path = tmp_path / name
    path.write_bytes(xls(table) if name.endswith(".xls") else xlsx({"a": inline_rows(table)}))
    assert column_names(path) == ("号码", "运营商", "备注")
    assert [(row.number, *row.cells.values()) for row in read_rows(path)] == [
        (3, "+8617000001234", "联通", ""), (4, "+8617000001235", "电信", "x"),
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b"PAR1 but no more"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table"
    path.write_bytes(content)
    with pytest.raises(UnreadableSource):
        list(read_rows(path))
