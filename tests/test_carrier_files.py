"""Messy exports as carriers write them, nobody having described them: read without a map, and by the map proposed."""

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fanzha.base.clock import iso
from fanzha.read import ReadContext, ReadResult, SourceFile, find_sources, inspect_source, read_source

TERMS = ReadContext(observed_at=1_772_323_815_000, basis="the user's own report")

IGW = """某省公司国际关口局话单统计,,,,,,,
统计时间：2026-03-01 至 2026-03-02,,,,,,,

序号,主叫号码,被叫号码,起始时间,通话时长(秒),入中继群,国际来话,备注,
1,="008619100000001",="19900000002",2026/3/1 8:30,35,IGW-1,是,,
2,'95588,'19900000003,2026/3/1 8:31,0,IGW-1,是,"测试,备注",
3,1.38E+10,19900000004,2026/3/1 8:32,12,IGW-2,是,,
4,+44 7700 900005,19900000005,2026/3/1 8:33:05,,IGW-2,否,,

合计,,,,47,,,,
"""
BILL = """本机号码|对端号码|通话类型|通话日期|通话时间|通话时长|基站
19100000001|19900000001|主叫|20260301|083015|0:00:35|460-00-1234
19100000001|19900000002|被叫|20260301|093015|1分20秒|460-00-1234
19100000001|95588|被叫|20260301|103015|0|460-00-1234
"""
SMS = """发送号码\t接收号码\t发送时间\t短信内容\r
1069000000001\t19900000001\t2026年3月1日 8时30分15秒\t【虚构】您好，您的快递已到\r
19100000002\t19900000002\t2026年3月1日 下午8时31分15秒\t恭喜您中奖了\r
"""
COMMAS = """号码,时间,短信内容
19100000001,2026-03-01 08:00:00,您好，快递到了,请,查收
19100000002,2026-03-01 08:00:01,"多行
内容"
19100000003,2026-03-01 08:00:02,尺寸是5" 的屏幕
19100000004,昨天,正常内容在这里
"""
NAMELESS = """19100000001,19900000001,20260301083015,35,IGW1
19100000002,19900000002,20260301083016,0,IGW1
19100000003,19900000003,20260301083017,3,IGW2
"""
NESTED = """{"code": 0, "data": {"list": [
 {"calling": "19100000001", "called": "19900000001", "start_time": 1772323815123, "duration": 35000, "cause": 16},
 {"calling": "19100000002", "called": "19900000001", "start_time": 1772323815999, "duration": null, "cause": 17}
]}}"""
BIG5 = """主叫號碼,被叫號碼,開始時間,通話時長
19100000001,19900000001,2026/03/01 08:30:15,12
19100000002,19900000001,2026/03/01 08:30:16,0
"""
EUROPE = """From;To;Start;Duration (min)
+447700900001;+8619900000001;13/03/2026 08:30;1.5
+447700900002;+8619900000001;14/03/2026 08:30;0
"""
ORACLE = """A_NUMBER,B_NUMBER,CALL_DATE,CALL_TIME,DURATION_S,TRUNK_IN
19100000001,19900000001,01-MAR-26,08:30:15,12,T1
19100000002,19900000001,01-MAR-26,08:30:16,0,T1
"""
ORACLE_CN = """A_NUMBER,B_NUMBER,CALL_TIME,DURATION_S,TRUNK_IN
19100000001,19900000001,01-3月 -26 08.30.15 下午,12,T1
19100000002,19900000001,01-3月 -26 08.30.16 下午,0,T1
"""
STATES = """主叫号码\t被叫号码\t呼叫时间\t应答时间\t释放时间\t释放原因\t呼叫结果\t释放方
19100000001\t19900000001\t2026-03-01 08:30:15.123\t2026-03-01 08:30:20.123\t2026-03-01 08:31:20.123\t16\t接通\t主叫挂机
19100000001\t19900000001\t2026-03-01 08:30:15.123\t\t2026-03-01 08:31:20.123\t17\t未接通\t被叫挂机
"""
SERIALS = """主叫,被叫,开始时间,时长
19100000001,19900000001,46082.354340,12
19100000002,19900000001,46082.5,0
"""
PAGE = (
    "<html><head><meta charset=gbk></head><body><table><tr><td colspan=4>国际关口局话单</td></tr>"
    "<tr><th>主叫号码<th>被叫号码<th>开始时间<th>通话时长(秒)</tr>"
    "<tr><td>19100000001</td><td>19900000001</td><td>2026-03-01 08:30:15</td><td>35</td></tr>"
    "<tr><td>19100000002<td>19900000001<td>2026-03-01&nbsp;08:30:16<td>0</table></body></html>"
)
REPORT = """主叫号码        被叫号码       开始时间               时长
19100000001     19900000001    2026-03-01 08:30:15    35
19100000002     19900000001    2026-03-01 08:30:16    0
主叫号码        被叫号码       开始时间               时长
19100000003     19900000001    2026-03-01 08:30:17    1
"""
TABBED = "主叫号码\t,被叫号码\t,开始时间\t\n" + "19100000001\t,19900000001\t,20260301083015\t\n"


@dataclass(frozen=True)
class Export:
    """A file, and what a person who reads it with care finds in it."""

    name: str
    data: bytes
    used: int
    rejected: int = 0
    table: str = "call_offered"
    first: dict[str, object] = field(default_factory=dict)  # of the first event, occurred_at in ISO
    ended: dict[str, object] = field(default_factory=dict)


def zipped(name: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"export/{name}", data)
        archive.writestr("export/readme.md", "about the export")
    return file.getvalue()


GATEWAY: dict[str, object] = {
    "occurred_at": "2026-03-01T00:30:00.000Z", "caller": "008619100000001", "callee": "+8619900000002",
    "trunk": "IGW-1", "ingress": "international_gateway",
}  # fmt: skip
EXPORTS = [
    Export("国际关口局.csv", IGW.encode("gb18030"), 3, 1, first=GATEWAY, ended={"answered": True, "talk_ms": 35_000}),
    Export("国际关口局.csv.gz", gzip.compress(IGW.encode("gb18030")), 3, 1, first=GATEWAY),
    Export("all.zip", zipped("国际关口局.csv", IGW.encode("utf-8-sig")), 3, 1, first=GATEWAY),
    Export(
        "详单.txt",
        BILL.encode("gbk"),
        3,
        first={"occurred_at": "2026-03-01T00:30:15.000Z", "caller": "19100000001", "callee": "+8619900000001"},
        ended={"talk_ms": 35_000},
    ),
    Export(
        "短信.txt",
        SMS.encode("utf-16"),
        2,
        table="message",
        first={"occurred_at": "2026-03-01T00:30:15.000Z", "sender": "1069000000001", "recipient": "+8619900000001"},
    ),
    Export(
        "短信.csv",
        COMMAS.encode(),
        3,
        1,
        table="message",
        first={"text": "多行\n内容", "sender": "19100000002"},
    ),
    Export(
        "no-header.csv",
        NAMELESS.encode(),
        3,
        first={"occurred_at": "2026-03-01T00:30:15.000Z", "caller": "19100000001", "callee": "+8619900000001"},
        ended={"talk_ms": 35_000},
    ),
    Export(
        "answer.json",
        NESTED.encode(),
        2,
        first={"occurred_at": "2026-03-01T00:10:15.123Z", "caller": "19100000001"},
        ended={"talk_ms": 35_000, "release_cause": 16},
    ),
    Export(
        "台灣.csv", BIG5.encode("big5"), 2, first={"occurred_at": "2026-03-01T00:30:15.000Z", "caller": "19100000001"}
    ),
    Export(
        "europe.csv",
        EUROPE.encode(),
        2,
        first={"occurred_at": "2026-03-13T00:30:00.000Z", "caller": "+447700900001"},
        ended={"talk_ms": 90_000},
    ),
    Export("oracle.csv", ORACLE_CN.encode("gbk"), 2, first={"occurred_at": "2026-03-01T12:30:15.000Z", "trunk": "T1"}),
    Export("oracle.csv", ORACLE.encode(), 2, first={"occurred_at": "2026-03-01T00:30:15.000Z", "trunk": "T1"}),
    Export(
        "states.tsv",
        STATES.encode("utf-8-sig"),
        2,
        first={"occurred_at": "2026-03-01T00:30:15.123Z"},
        ended={"answered": True, "talk_ms": 60_000, "release_cause": 16, "released_by": "caller"},
    ),
    Export(
        "export.xls",
        PAGE.encode("gbk"),
        2,
        first={"occurred_at": "2026-03-01T00:30:15.000Z", "ingress": "international_gateway"},
        ended={"talk_ms": 35_000},
    ),
    Export("report.txt", REPORT.encode(), 3, first={"caller": "19100000001"}, ended={"talk_ms": 35_000}),
    Export("tabbed.csv", TABBED.encode("gb18030"), 1, first={"caller": "19100000001", "callee": "+8619900000001"}),
    Export(
        "excel.csv", SERIALS.encode(), 2, first={"occurred_at": "2026-03-01T00:30:15.000Z", "caller": "19100000001"}
    ),
]


def only(path: Path) -> SourceFile:
    (source,) = find_sources([path])
    return source


def found_in(whole: ReadResult, table: str, expected: dict[str, object]) -> dict[str, object]:
    row = whole.rows(table)[0]
    shown = {name: iso(int(str(value))) if name.endswith("_at") else value for name, value in row.items()}
    return {name: shown.get(name) for name in expected}


@pytest.fixture(params=EXPORTS, ids=lambda export: export.name)
def export(request: pytest.FixtureRequest) -> Export:
    given: Export = request.param
    return given


def test_an_export_is_understood_without_a_map(export: Export, tmp_path: Path) -> None:
    path = tmp_path / export.name
    path.write_bytes(export.data)
    whole = read_source(only(path), TERMS)
    assert (whole.used, len(whole.rejects)) == (export.used, export.rejected), whole.rejects
    assert found_in(whole, export.table, export.first) == export.first
    if export.ended:
        assert found_in(whole, "call_ended", export.ended) == export.ended


def test_the_map_written_for_it_reads_the_same(export: Export, tmp_path: Path) -> None:
    path = tmp_path / export.name
    path.write_bytes(export.data)
    proposed = read_source(only(path), TERMS)
    path.with_name(path.name + ".toml").write_text(inspect_source(only(path), TERMS).toml, "utf-8")
    by_map = read_source(only(path), TERMS)
    assert only(path).map is not None
    assert {name: table.to_pylist() for name, table in by_map.tables.items()} == {
        name: table.to_pylist() for name, table in proposed.tables.items()
    }
    assert by_map.rejects == proposed.rejects


def test_the_ids_do_not_depend_on_the_name_of_the_file(export: Export, tmp_path: Path) -> None:
    first, second = tmp_path / export.name, tmp_path / f"renamed-{export.name}"
    first.write_bytes(export.data)
    second.write_bytes(export.data)
    ids: Callable[[Path], list[object]] = lambda path: [  # noqa: E731
        row["event_id"] for row in read_source(only(path), TERMS).rows(export.table)
    ]
    assert ids(first) == ids(second)
    assert len(set(ids(first))) == len(ids(first))


def test_the_two_sides_of_a_bill_change_places_on_incoming_calls(tmp_path: Path) -> None:
    path = tmp_path / "bill.txt"
    path.write_text(BILL)
    rows = read_source(only(path), TERMS).rows("call_offered")
    assert [(row["caller"], row["callee"]) for row in rows] == [
        ("19100000001", "+8619900000001"),
        ("19900000002", "+8619100000001"),
        ("95588", "+8619100000001"),
    ]


def test_what_excel_destroyed_is_a_reject_with_that_reason(tmp_path: Path) -> None:
    path = tmp_path / "igw.csv"
    path.write_text(IGW)
    (reject,) = read_source(only(path), TERMS).rejects
    assert (reject.row, reject.column, reject.value) == (7, "主叫号码", "1.38E+10")
    assert "scientific notation" in reject.reason and "科学计数法" in reject.reason_zh


def test_totals_are_passed_over_and_said(tmp_path: Path) -> None:
    path = tmp_path / "igw.csv"
    path.write_text(IGW)
    assert "1 totals or headers passed over" in [note.en for note in read_source(only(path), TERMS).notes]


def test_a_wide_row_of_words_keeps_its_commas(tmp_path: Path) -> None:
    path = tmp_path / "sms.csv"
    path.write_text(COMMAS)
    texts = {row["text"] for row in read_source(only(path), TERMS).rows("message")}
    assert texts == {"您好，快递到了,请,查收", "多行\n内容", '尺寸是5" 的屏幕'}


def test_a_file_of_the_gateway_tells_the_ingress_by_its_title(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("国际关口局话单,,\n\n主叫号码,被叫号码,开始时间\n95588,19900000001,20260301083015\n")
    whole = read_source(only(path), TERMS)
    assert whole.rows("call_offered")[0]["ingress"] == "international_gateway"
    assert any("change constants.ingress" in note.en for note in whole.notes)


def test_a_file_that_does_not_tell_the_ingress_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("主叫号码,被叫号码,开始时间\n95588,19900000001,20260301083015\n")
    assert any("detectors that need it stay silent" in note.en for note in read_source(only(path), TERMS).notes)
