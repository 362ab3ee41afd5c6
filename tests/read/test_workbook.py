"""Excel workbooks: header below a title, shared strings, times by their style, the sheet the map names."""

import zipfile
from pathlib import Path

import pytest

from fanzha.read import ReadContext, ReadResult, find_sources, read_source

TERMS = ReadContext(observed_at=1_772_323_815_000, basis="x")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRINGS = ["国际关口局话单", "主叫号码", "被叫号码", "通话开始时间", "通话时长", "19900000001", "合计"]


def cell(reference: str, value: object, kind: str = "n", style: int = 0) -> str:
    return f'<c r="{reference}" t="{kind}" s="{style}"><v>{value}</v></c>'


def workbook(path: Path, rows: str, second: str = "") -> Path:
    """A workbook as Excel writes it, of one or two sheets; style 1 is a date and time."""
    sheets = '<sheet name="话单" sheetId="1" r:id="r1"/>' + '<sheet name="第二" sheetId="2" r:id="r2"/>' * bool(second)
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="r2" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">' + "".join(f"<si><t>{s}</t></si>" for s in STRINGS) + "</sst>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="yyyy/m/d h:mm:ss"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{second}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return path


HEAD = "".join(cell(f"{column}3", at, "s") for column, at in zip("ABCD", (1, 2, 3, 4), strict=True))
ROWS = (
    f'<row r="1">{cell("A1", 0, "s")}</row><row r="2"/><row r="3">{HEAD}</row>'
    f'<row r="4">{cell("A4", "8.619100000001E12")}{cell("B4", 5, "s")}{cell("C4", "46082.354340277", style=1)}'
    f"{cell('D4', 35)}</row>"
    f'<row r="5">{cell("A5", "+4412345", "str")}{cell("C5", "46082.354351852", style=1)}{cell("D5", 0)}</row>'
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


def test_the_map_may_name_the_sheet(tmp_path: Path) -> None:
    inline = '<c t="inlineStr"><is><t>{}</t></is></c>'
    second = "".join(f"<row>{inline.format(text)}</row>" for text in ("域名", "a.example"))
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
