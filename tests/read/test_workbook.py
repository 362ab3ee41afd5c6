"""Excel workbooks: header below a title, shared strings, times by their style, the sheet the map names."""

import gzip
from pathlib import Path

import pytest
from tests.workbooks import MOMENT, cell, compound_file, inline_rows, xls, xlsx

from fanzha.base.child_process import ChildLimits
from fanzha.read import ReadContext, ReadResult, find_sources, read_source
from fanzha.read import workbook as workbook_reader

TERMS = ReadContext(observed_at=1_772_323_815_000, basis="x")
STRINGS = ["国际关口局话单", "主叫号码", "被叫号码", "通话开始时间", "通话时长", "19900000001", "合计"]


def workbook(path: Path, rows: str, second: str = "") -> Path:
    """A workbook of one or two sheets."""
    path.write_bytes(xlsx({"话单": rows} | ({"第二": second} if second else {}), STRINGS))
    return path


HEAD = "".join(cell(f"{column}3", at, "s") for column, at in zip("ABCD", (1, 2, 3, 4), strict=True))
ROWS = (
    f'<row r="1">{cell("A1", 0, "s")}</row><row r="2"/><row r="3">{HEAD}</row>'
    f'<row r="4">{cell("A4", "8.619100000001E12")}{cell("B4", 5, "s")}{cell("C4", "46082.354340277", style=MOMENT)}'
    f"{cell('D4', 35)}</row>"
    f'<row r="5">{cell("A5", "+4412345", "str")}{cell("C5", "46082.354351852", style=MOMENT)}{cell("D5", 0)}</row>'
    f'<row r="6">{cell("A6", 6, "s")}{cell("D6", 35)}</row>'
)


def told(path: Path) -> ReadResult:
    (source,) = find_sources([path])
    assert source.format == "workbook"
    return read_source(source, TERMS)


def test_a_sheet_is_a_table(tmp_path: Path) -> None:
    whole = told(workbook(tmp_path / "a.xlsx", ROWS))
    offered, ended = whole.rows("call_offered"), whole.rows("call_ended")
    assert [(row["caller"], row.get("callee"), row["occurred_at"]) for row in offered] == [
        ("8619100000001", "+8619900000001", 1_772_325_015_000), ("+4412345", None, 1_772_325_016_000),
    ]  # fmt: skip
    assert [row["talk_ms"] for row in ended] == [35_000, 0]
    assert offered[0]["ingress"] == "international_gateway", "the title says so"


def test_rejects_carry_the_row_of_the_sheet(tmp_path: Path) -> None:
    bad = ROWS + f'<row r="9">{cell("A9", 5, "s")}{cell("B9", 5, "s")}{cell("C9", "soon", "str")}</row>'
    assert [(reject.row, reject.value) for reject in told(workbook(tmp_path / "a.xlsx", bad)).rejects] == [(9, "soon")]


def test_sheets_that_are_not_read_are_named(tmp_path: Path) -> None:
    notes = told(workbook(tmp_path / "a.xlsx", ROWS, inline_rows([["域名"], ["a.example"]]))).notes
    assert any("第二" in note.zh and "话单" in note.zh for note in notes)
    assert not any("第二" in note.zh for note in told(workbook(tmp_path / "b.xlsx", ROWS)).notes)


def test_the_map_may_name_the_sheet(tmp_path: Path) -> None:
    second = inline_rows([["域名"], ["a.example"]])
    path = workbook(tmp_path / "a.xlsx", ROWS, second)
    path.with_name("a.xlsx.toml").write_text('table = "site_seen"\n[file]\nsheet = "第二"\n[columns]\nhost = "域名"\n')
    assert [row["host"] for row in told(path).rows("site_seen")] == ["a.example"]
    path.with_name("a.xlsx.toml").write_text('table = "site_seen"\n[file]\nsheet = "第三"\n[columns]\nhost = "域名"\n')
    assert told(path).rejects[0].reason == "the workbook has no such sheet"


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_damaged_workbook_says_so(cut: float, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ROWS)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])
    (source,) = find_sources([path])
    assert read_source(source, TERMS).rejects


def test_a_part_that_is_no_xml_says_so(tmp_path: Path) -> None:
    assert "damaged" in told(workbook(tmp_path / "a.xlsx", "<row><c></row>")).rejects[0].reason
    assert told(workbook(tmp_path / "b.xlsx", "")).rejects[0].reason == "the sheet is empty"


CALLS: list[list[str | float]] = [
    ["主叫号码", "被叫号码", "通话开始时间", "通话时长"],
    [8619100000001.0, "19900000001", 46082.354340277, 35.0],
    ["+4412345", "19900000002", 46082.354351852, 0.0],
]


@pytest.mark.parametrize("name", ["a.xls", "a.XLS", "renamed.xlsx"])
def test_a_workbook_of_the_binary_format_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(xls(CALLS, moments=[2]))
    assert [(row["caller"], row["callee"], row["occurred_at"]) for row in told(path).rows("call_offered")] == [
        ("8619100000001", "+8619900000001", 1_772_325_015_000), ("+4412345", "+8619900000002", 1_772_325_016_000),
    ]  # fmt: skip


def test_a_package_under_the_suffix_of_the_binary_format_is_read(tmp_path: Path) -> None:
    assert told(workbook(tmp_path / "a.xls", ROWS)).used == 2


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
def test_a_workbook_with_a_password_says_so(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(compound_file({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}))
    assert "password" in told(path).rejects[0].reason


def test_a_packed_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx.gz"
    path.write_bytes(gzip.compress(xlsx({"a": ROWS}, STRINGS)))
    assert "unpack" in told(path).rejects[0].reason


def test_a_child_that_fails_is_a_reject_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", ROWS)
    monkeypatch.setattr(workbook_reader, "_LIMITS", ChildLimits(wait_seconds=0))
    (reject,) = told(path).rejects
    assert "split the file" in reject.reason and "拆分" in reject.reason_zh


def test_rows_that_expand_beyond_measure_are_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_reader, "FREE_EXPANSION_BYTES", 1_000)
    monkeypatch.setattr(workbook_reader, "MAX_EXPANSION", 1)
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx({"a": inline_rows([["被叫号码", "主叫号码"], *[["19900000001"] * 2] * 10_000])}))
    monkeypatch.setattr(workbook_reader, "_check_members", lambda infos: None)
    assert "bomb" in told(path).rejects[0].reason
