"""Cells of sheets become the text a person sees: whole numbers, times by their style, strings looked up."""

import io
from collections.abc import Iterator

import pytest

from fanzha.read._sheet.cells import MOST_COLUMNS, rows_of
from fanzha.read._sheet.package import MAIN, _is_date, elements

SPACE = MAIN.strip("{}")


def rows(
    text: str, strings: tuple[str, ...] = (), dates: frozenset[int] = frozenset({1})
) -> list[tuple[int, list[str]]]:
    sheet = io.BytesIO(f'<worksheet xmlns="{SPACE}"><sheetData>{text}</sheetData></worksheet>'.encode())
    found: Iterator[tuple[int, list[str]]] = rows_of(sheet, list(strings), dates)
    return list(found)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c t="s"><v>1</v></c>', "b"), ('<c t="s"><v>9</v></c>', ""), ('<c t="s"><v>x</v></c>', ""),
        ("<c><v>8.6191E12</v></c>", "8619100000000"), ("<c><v>0.5</v></c>", "0.5"), ("<c><v>1E+300</v></c>", "1E+300"),
        ('<c s="1"><v>46082.354340277</v></c>', "2026-03-01 08:30:15"), ('<c s="1"><v>0.25</v></c>', "6:00:00"),
        ('<c s="0"><v>46082</v></c>', "46082"), ('<c t="e"><v>#N/A</v></c>', ""), ('<c t="b"><v>1</v></c>', "1"),
        ('<c t="str"><v>x</v></c>', "x"), ("<c><v>NaN</v></c>", "NaN"),
    ],
)  # fmt: skip
def test_a_cell_is_what_a_person_sees(cell: str, text: str) -> None:
    assert rows(f"<row>{cell}<c><v>7</v></c></row>", ("a", "b")) == [(1, [text, "7"])]


def test_cells_stand_where_they_say_and_rows_too() -> None:
    assert rows('<row r="3"><c r="B3"><v>1</v></c><c r="D3"><v>2</v></c></row><row/><row><c><v>3</v></c></row>') == [
        (3, ["", "1", "", "2"]), (5, ["3"]),
    ]  # fmt: skip


def test_a_sheet_of_endless_columns_is_cut() -> None:
    ((_, cells),) = rows('<row><c r="A1"><v>1</v></c><c r="ZZZ1"><v>2</v></c></row>')
    assert len(cells) <= MOST_COLUMNS


def test_elements_are_forgotten_when_they_have_been_given() -> None:
    text = f'<a xmlns="{SPACE}">' + "<b><c/></b>" * 3 + "</a>"
    given = []
    for element in elements(io.BytesIO(text.encode()), f"{MAIN}b"):
        given.append(len(element))
    assert given == [1, 1, 1]


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy/m/d h:mm", True),
        ("0.00", False),
        ("general", False),
        ('0"days"', False),
        ("[h]:mm:ss", True),
        ("@", False),
    ],
)
def test_formats_of_dates_are_known(code: str, is_date: bool) -> None:
    assert _is_date(code) is is_date
