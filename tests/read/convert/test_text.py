"""Cells come out of the packaging that Excel and exporters put them in; what was destroyed is said to be."""

import pyarrow as pa
import pytest

from fanzha.read._convert.text import (
    LOST_DIGITS,
    MAX_CELL_BYTES,
    TOO_LONG,
    WRONG_ENCODING,
    normalise_text,
    parse_content,
    parse_identifiers,
    to_text,
)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('="13800000000"', "13800000000"), ("'13800000000", "13800000000"), (" 13800000000\u3000", "13800000000"),
        ("１３８００００００００", "13800000000"), ("\ufeff主叫", "主叫"), ("NULL", None), ("\\N", None), ("-", None),
        ("无", None), ("nan", None), ("", None), ("0", "0"), ("none of it", "none of it"),
    ],
)  # fmt: skip
def test_a_cell_is_unpacked(cell: str, value: str | None) -> None:
    assert normalise_text(pa.array([cell])).to_pylist() == [value]


def test_numbers_that_were_phone_numbers_stay_whole() -> None:
    assert to_text(pa.array([13_800_000_000.0, None, 1.5])).to_pylist() == ["13800000000", None, "1.5"]
    assert to_text(pa.array([13_800_000_000])).to_pylist() == ["13800000000"]
    assert parse_identifiers(pa.array(["13800000000.0"])).values.to_pylist() == ["13800000000"]
    assert parse_identifiers(pa.array(["13800000000.00", "1.00"])).values.to_pylist() == ["13800000000", "1.00"]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1.3512345678E+10", "13512345678"), ("8.613512345678e12", "8613512345678"), ("1.35123456780E+10", "13512345678"),
     ("4.60001234567890E+14", "460001234567890")],
)  # fmt: skip
def test_scientific_notation_that_kept_all_digits_is_written_out(cell: str, number: str) -> None:
    cells = parse_identifiers(pa.array([cell, "13800000000", None]))
    assert cells.values.to_pylist() == [number, "13800000000", None] and not cells.problems


def test_any_type_of_column_becomes_text() -> None:
    assert to_text(pa.array([b"ab", b"\xff"])).to_pylist() == ["ab", "\ufffd"]
    assert to_text(pa.array(["a", "b", "a"]).dictionary_encode()).to_pylist() == ["a", "b", "a"]
    assert to_text(pa.array([[1, 2], None])).to_pylist() == ["[1, 2]", None]
    assert to_text(pa.array([True])).to_pylist() == ["true"]


@pytest.mark.parametrize("cell", ["1.38E+10", "8.6138E+12", "4.60001E+14", "1e10", "1.3512345678E+9"])
def test_numbers_destroyed_by_excel_are_found(cell: str) -> None:
    assert [why for _, why in parse_identifiers(pa.array([cell, "13800000000"])).problems] == [LOST_DIGITS]


def test_bytes_of_another_encoding_and_cells_without_end_are_found() -> None:
    cells = parse_identifiers(pa.array(["a\ufffdb", "x" * (MAX_CELL_BYTES + 1), "good"]))
    assert {why: found.tolist() for found, why in cells.problems} == {
        WRONG_ENCODING: [True, False, False],
        TOO_LONG: [False, True, False],
    }


def test_words_are_kept_as_people_wrote_them() -> None:
    assert parse_content(pa.array(["  ＡＢ 无 ", " ", None])).values.to_pylist() == ["  ＡＢ 无 ", None, None]
