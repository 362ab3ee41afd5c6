"""Lists are read under any of their headers, and every mistake is named by file, row and column."""

from pathlib import Path

import pytest

from fanzha.base.clock import moment_ms
from fanzha.base.errors import UsageError
from fanzha.store.csv_rows import CsvRow, read_csv

HEADERS = {"number": ("号码",), "owner": ("归属单位",), "until": ()}


def read(tmp_path: Path, text: str, encoding: str = "utf-8-sig") -> list[CsvRow]:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding)
    return list(read_csv(path, HEADERS, optional=("until",)))


def test_headers_are_known_in_either_language_and_empty_rows_are_passed_over(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "号码, Owner,其他\n\n 0571-8777 0000 ,a made-up hospital,x\n")
    assert row.parse_number("number") == "+8657187770000" and row.require("owner") == "a made-up hospital"
    assert row.parse_time("until") is None and row.where.endswith("list.csv, row 3")


def test_a_short_row_has_empty_cells(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "number,owner,until\n110\n")
    with pytest.raises(UsageError, match="row 2: column owner is empty"):
        row.require("owner")


def test_moments_and_values_are_read(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "number,owner,until\n110,HTTP://A.example/x,2026-03-01\n")
    assert row.parse_time("until") == moment_ms("2026-03-01")
    assert row.parse_value("website", "owner") == "a.example"


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda row: row.parse_number("number"), "'95xxx' is not one telephone number"),
        (lambda row: row.parse_time("until"), "column until: not a moment"),
        (lambda row: row.parse_value("planet", "owner"), "there is no kind 'planet'"),
        (lambda row: row.parse_value("website", "owner"), "column owner:"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, ask: "object", why: str) -> None:
    (row,) = read(tmp_path, "number,owner,until\n95xxx,..,soon\n")
    with pytest.raises(UsageError, match=why):
        ask(row)  # type: ignore[operator]


@pytest.mark.parametrize("text", ["", "owner\nx\n"])
def test_a_column_that_is_missing_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="column number is missing"):
        read(tmp_path, text)


def test_another_encoding_or_a_torn_quote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="save it as CSV in UTF-8"):
        read(tmp_path, "号码,归属单位\n1,虚构\n", "gb18030")
    with pytest.raises(UsageError, match="save it as CSV in UTF-8"):
        read(tmp_path, 'number,owner\n110,"x\n')
