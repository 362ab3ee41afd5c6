"""A small table is read as cells under its own headers, whatever its form."""

from pathlib import Path

import pyarrow as pa
import pytest

from fanzha.base.errors import UsageError
from fanzha.read import find_header, parse_moments, read_cells


def test_cells_keep_their_text_and_rows_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_bytes("案号,号码\nA,017000000001\n\nB,\n".encode("gb18030"))
    table = read_cells(tmp_path / "cases.csv")
    assert table.cells.to_pydict() == {"案号": ["A", "B"], "号码": ["017000000001", None]}
    assert table.rows.tolist() == [2, 4] and table.rejects == ()


def test_a_row_with_too_many_cells_is_rejected_and_not_shifted(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("a,b\n1,2\n1,2,3\n", "utf-8")
    table = read_cells(tmp_path / "cases.csv")
    assert table.cells.num_rows == 1 and [reject.row for reject in table.rejects] == [3]


def test_what_is_no_table_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "cases.jpg").write_bytes(b"\xff\xd8\xff\x00\x01")
    with pytest.raises(UsageError, match="picture"):
        read_cells(tmp_path / "cases.jpg")


def test_headers_match_without_case_spaces_and_brackets() -> None:
    assert find_header(["Case No.", "损失金额（元）"], ("amount", "损失金额")) == "损失金额（元）"
    assert find_header(["Case No."], ("case no",)) == "Case No."
    assert find_header(["x"], ("y",)) is None


def test_moments_are_local_and_dates_alone_are_marked() -> None:
    moments = parse_moments(pa.chunked_array([["2026-03-01 08:00:00", "2026-03-01", "不详", None]]))
    assert moments.times.tolist() == [1_772_323_200_000, 1_772_294_400_000, 0, 0]
    assert moments.valid.tolist() == [True, True, False, False]
    assert moments.date_only.tolist() == [False, True, False, False]
