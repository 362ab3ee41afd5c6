"""Cells of sheets become the text a person sees: whole numbers, times by their style, strings looked up."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from tests.workbooks import DAY, DURATION, MOMENT, PACKAGE, RELATIONS, cell, compound_file, inline_rows, xls, xlsx

from fanzha.base.child_worker import ChildRefusal
from fanzha.read._workbook_cells import MAX_COLUMNS, MAX_ROW_CHARACTERS, read_cells, to_text


def rows(path: Path, data: bytes, sheet: str = "") -> list[tuple[int, list[str]]]:
    path.write_bytes(data)
    return [(number, cells) for chunk in read_cells(str(path), sheet) for number, cells in json.loads(chunk)]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (cell("A1", 1, "s"), "b"), (cell("A1", "8.6191E12"), "8619100000000"),
        (cell("A1", 13_800_000_000), "13800000000"),
        (cell("A1", 0.5), "0.5"), (cell("A1", "1E+300"), "1e+300"), (cell("A1", 46082), "46082"),
        (cell("A1", "46082.354340277", style=MOMENT), "2026-03-01 08:30:15"),
        (cell("A1", 0.25, style=MOMENT), "6:00:00"),
        (cell("A1", 46082, style=DAY), "2026-03-01 00:00:00"), (cell("A1", 35, style=MOMENT), "35"),
        (cell("A1", 90_000.5, style=MOMENT), "90000.5"), (cell("A1", 1.25, style=DURATION), "30:00:00"),
        (cell("A1", "#N/A", "e"), ""), (cell("A1", 1, "b"), "1"), (cell("A1", 0, "b"), "0"),
        (cell("A1", "007", "str"), "007"),
        ('<c r="A1" t="inlineStr"><is><r><t>两</t></r><r><t>段</t></r></is></c>', "两段"),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', "2"), ('<c r="A1" t="str"><v>a&amp;b&#x4e2d;</v></c>', "a&b中"),
    ],
)  # fmt: skip
def test_a_cell_is_what_a_person_sees(xml: str, text: str, tmp_path: Path) -> None:
    sheet = xlsx({"a": f'<row r="1">{xml}{cell("B1", 7)}</row>'}, ("a", "b"))
    assert rows(tmp_path / "a.xlsx", sheet) == [(1, [text, "7"])]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0**53, "9007199254740992"), (2.0**53 + 2, "9007199254740994.0"),
        (6.22202123456789e17, "6.22202123456789e+17"),
        (-5.0, "-5"), (float("nan"), "nan"), (float("inf"), "inf"), (12, "12"), (True, "1"), ("0123", "0123"),
        (datetime(2026, 3, 1, 8, 30, 14, 500_000), "2026-03-01 08:30:15"), (date(2026, 3, 1), "2026-03-01 00:00:00"),
        (date(1900, 1, 1), "1"), (date(1900, 3, 1), "61"), (datetime(1900, 2, 4, 12), "35.5"),
        (time(23, 59, 59, 600_000), "24:00:00"), (timedelta(hours=-1), "-1:00:00"), (timedelta(days=2), "48:00:00"),
    ],
)  # fmt: skip
def test_values_of_every_type_have_a_text(value: object, text: str) -> None:
    assert to_text(value) == text


def test_days_counted_from_1904_are_understood(tmp_path: Path) -> None:
    parts = {
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:r="{RELATIONS}"><workbookPr date1904="1"/><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>"
    }
    sheet = xlsx({"a": f"<row>{cell('A1', 46082 - 1462, style=DAY)}</row>"}, parts=parts)
    assert rows(tmp_path / "a.xlsx", sheet) == [(1, ["2026-03-01 00:00:00"])]


def test_cells_stand_where_they_say_and_rows_too(tmp_path: Path) -> None:
    xml = f'<row r="3">{cell("B3", 1)}{cell("D3", 2)}</row><row r="4"/><row r="6">{cell("A6", 3)}</row>'
    assert rows(tmp_path / "a.xlsx", xlsx({"a": xml})) == [(3, ["", "1", "", "2"]), (6, ["3", "", "", ""])]


def test_a_sheet_may_begin_in_any_cell(tmp_path: Path) -> None:
    xml = f'<row r="3">{cell("C3", 1)}</row><row r="5">{cell("B5", 2)}{cell("C5", 3)}</row>'
    assert rows(tmp_path / "a.xlsx", xlsx({"a": xml})) == [(3, ["", "", "1"]), (5, ["", "2", "3"])]
    assert rows(tmp_path / "a.xlsx", xlsx({"a": f"<row>{cell('XFD1', 1)}</row>"})) == []


def test_a_row_is_as_wide_as_the_widest_above_it(tmp_path: Path) -> None:
    xml = inline_rows([["title"], ["a", "b", "c"], ["1"], ["1", "2", "3", "note"]])
    assert [len(cells) for _, cells in rows(tmp_path / "a.xlsx", xlsx({"a": xml}))] == [1, 3, 3, 4]


def test_a_sheet_of_endless_columns_is_cut(tmp_path: Path) -> None:
    ((_, cells),) = rows(tmp_path / "a.xlsx", xlsx({"a": f"<row>{cell('A1', 1)}{cell('XFD1', 2)}</row>"}))
    assert len(cells) <= MAX_COLUMNS


def test_a_long_sheet_comes_in_chunks(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx({"a": inline_rows([[f"第{n}行"] for n in range(5_000)])}))
    chunks = [json.loads(chunk) for chunk in read_cells(str(path), "")]
    assert len(chunks) > 2 and sum(map(len, chunks)) == 5_000 and chunks[-1][-1] == [5_000, ["第4999行"]]


@pytest.mark.parametrize("suffix", [".xls", ".xlsx", ""])
def test_the_content_decides_where_the_suffix_is_wrong(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    assert rows(path, xls([["001", 46082.354340277], [7.0, 0.25]], moments=[1])) == [
        (1, ["001", "2026-03-01 08:30:15"]), (2, ["7", "6:00:00"]),
    ]  # fmt: skip
    assert rows(path, xlsx({"a": inline_rows([["x"]])})) == [(1, ["x"])]


def test_the_first_worksheet_is_read_or_the_named_one(tmp_path: Path) -> None:
    relations = (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{RELATIONS}/chartsheet" Target="chartsheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{RELATIONS}/worksheet" Target="worksheets/sheet2.xml"/>'
        f'<Relationship Id="r3" Type="{RELATIONS}/worksheet" Target="worksheets/sheet3.xml"/></Relationships>'
    )
    sheets = {name: inline_rows([[name]]) for name in ("chart", "calls", "other")}
    data = xlsx(sheets, parts={"xl/_rels/workbook.xml.rels": relations})
    assert rows(tmp_path / "a.xlsx", data) == [(1, ["calls"])]
    assert rows(tmp_path / "a.xlsx", data, "other") == [(1, ["other"])]
    for name in ("chart", "none"):
        with pytest.raises(ChildRefusal, match="no sheet"):
            rows(tmp_path / "a.xlsx", data, name)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"rubbish" * 1_000, "damaged"),
        (xlsx({"a": f"<row>{cell('A1', 9, 's')}</row>"}, ["one"]), "damaged"),
        (xlsx({"a": inline_rows([["x" * (MAX_ROW_CHARACTERS + 1)]])}), "long row"),
        (compound_file({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "locked"),
        (compound_file({"WordDocument": b"x"}), "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ChildRefusal, match=reason):
        rows(tmp_path / "a.xlsx", data)
