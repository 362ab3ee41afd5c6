"""Delimited texts are recognised, read chunk by chunk with their line numbers, and saved where rows do not fit."""

from pathlib import Path

import pytest

from fanzha.read import FileHead, ReadContext, ReadResult, find_sources, read_source
from fanzha.read.delimited_text import READER

TERMS = ReadContext(observed_at=1_772_323_815_000, basis="x")


def told(path: Path, text: str) -> ReadResult:
    path.write_text(text, "utf-8")
    (source,) = find_sources([path])
    assert source.format == "delimited-text"
    return read_source(source, TERMS)


@pytest.mark.parametrize(
    ("name", "data", "is_one"),
    [
        ("a.csv", b"a,b\n1,2\n", True), ("a.txt", b"a|b|c\n1|2|3\n", True), ("a.txt", b"one value\nanother\n", False),
        ("a.csv", b"one\n", True), ("a.json", b'{"a": 1, "b": 2}\n', False),
        ("a.csv", b"\x89PNG\x00\x01\x02" * 9, False),
    ],
)  # fmt: skip
def test_tables_are_told_from_other_texts(name: str, data: bytes, is_one: bool) -> None:
    assert (READER.recognise(FileHead(name, data, True)) > 0) is is_one


def test_rejects_carry_the_line_of_the_file_wherever_it_is(tmp_path: Path) -> None:
    rows = [f"2026-03-01 08:{n // 60 % 60:02}:{n % 60:02},第{n}条正常内容{'长' * 40}" for n in range(60_000)]
    for bad in (5, 40_000, 59_999):
        rows[bad] = f"昨天,第{bad}条正常内容"
    whole = told(tmp_path / "a.csv", "时间,短信内容\n" + "\n".join(rows) + "\n")
    assert [reject.row for reject in whole.rejects] == [7, 40_002, 60_001]
    assert whole.used == 59_997


def test_short_rows_are_kept_when_what_they_lack_is_not_used(tmp_path: Path) -> None:
    text = "时间,短信内容,备注\n2026-03-01,您好您好,x\n2026-03-01,短行内容\n2026-03-01\n"
    (tmp_path / "a.csv.toml").write_text('table = "message"\n[columns]\ntext = "短信内容"\noccurred_at = "时间"\n')
    whole = told(tmp_path / "a.csv", text)
    assert (whole.used, [reject.row for reject in whole.rejects]) == (2, [4])
    assert "it has 1 columns, the header has 3" in whole.rejects[0].reason


def test_a_map_may_say_where_the_header_is_and_what_separates(tmp_path: Path) -> None:
    (tmp_path / "a.csv.toml").write_text(
        'table = "calls"\n[file]\nheader = 2\ndelimiter = ";"\n'
        '[columns]\ncaller = "A"\ncallee = "B"\noccurred_at = "T"\n'
    )
    whole = told(tmp_path / "a.csv", "x;y;z\nA;B;T\n19100000001;19900000001;20260301083015\n")
    assert whole.rows("call_offered")[0]["caller"] == "19100000001"


def test_a_header_alone_has_no_rows_and_no_rejects(tmp_path: Path) -> None:
    whole = told(tmp_path / "a.csv", "主叫号码,被叫号码,开始时间\n")
    assert (whole.read, whole.rejects) == (0, [])


GROWING = "主叫号码,被叫号码,开始时间,通话时长\n" + "".join(
    f"1910000{n:04},19900000001,2026-03-01 08:{n:02}:15,{n}\n" for n in range(20)
)


@pytest.mark.parametrize("rest", ["19100000021,19900000001,2026-03-01 08:21:15,1", "19100000021,199", "1"])
def test_a_half_written_last_line_waits(tmp_path: Path, rest: str) -> None:
    whole = told(tmp_path / "a.csv", GROWING + rest)
    assert (whole.read, whole.used, whole.waiting, whole.rejects) == (21, 20, 1, [])
    assert any("half-written" in note.en for note in whole.notes)
    (tmp_path / "a.csv.toml").write_text(
        'table = "calls"\n[file]\ncomplete = true\n[columns]\ncaller = "主叫号码"\noccurred_at = "开始时间"\n', "utf-8"
    )
    whole = told(tmp_path / "a.csv", GROWING + rest)
    assert (whole.read, whole.waiting) == (21, 0)


def test_a_last_record_of_several_lines_is_used_or_waits_as_a_whole(tmp_path: Path) -> None:
    lines = [f'1910000{n:04},19900000001,2026-03-01 08:{n:02}:15,"第一行\n第二行 {n}"' for n in range(20)]
    text = "\n".join(["主叫号码,被叫号码,开始时间,备注", *lines])
    complete, half = told(tmp_path / "a.csv", text), told(tmp_path / "b.csv", text[:-2])
    assert (complete.read, complete.used, complete.waiting) == (20, 20, 0)
    assert (half.read, half.used, half.waiting) == (20, 19, 1)


def test_a_stray_quote_before_a_half_written_line_makes_only_that_line_wait(tmp_path: Path) -> None:
    lines = [f"1910000{n:04},19900000001,2026-03-01 08:{n:02}:15,{n}" for n in range(20)]
    lines[15] = lines[15].replace(",15", ',"15')
    text = "\n".join(["主叫号码,被叫号码,开始时间,备注", *lines])
    read, shorter = told(tmp_path / "a.csv", text), told(tmp_path / "b.csv", text[: text.rfind("\n") + 1])
    assert (read.used, read.waiting) == (shorter.used, 1)


def test_a_last_line_is_complete_if_its_last_cell_is_as_long_as_all_others(tmp_path: Path) -> None:
    lines = [f"1910000{n:04},19900000001,{n},2026-03-01 08:{n:02}:15" for n in range(20)]
    text = "\n".join(["主叫号码,被叫号码,通话时长,开始时间", *lines])
    assert told(tmp_path / "a.csv", text).used == 20
    assert (told(tmp_path / "b.csv", text[:-3]).used, told(tmp_path / "b.csv", text[:-3]).waiting) == (19, 1)


HEAD = "主叫号码,被叫号码,开始时间,通话时长(秒)"


def records(count: int) -> list[str]:
    return [f"1700000{n:04},1990000{n:04},2026-03-01 08:00:{n:02},12" for n in range(count)]


def test_a_stray_quote_in_a_column_that_nothing_reads_swallows_no_row(tmp_path: Path) -> None:
    rows = [f"{row},note {n}" for n, row in enumerate(records(10))]
    rows[3] = rows[3].replace("note 3", '"note 3')
    rows[7] += '"'
    whole = told(tmp_path / "a.csv", f"{HEAD},备注\n" + "\n".join(rows) + "\n")
    assert (whole.read, whole.used, whole.rejects) == (10, 10, [])
    assert sorted({str(row["callee"]) for row in whole.rows("call_offered")}) == [
        f"+861990000{n:04}" for n in range(10)
    ]


def test_a_cell_of_several_lines_in_a_column_that_nothing_reads_stays_one_row(tmp_path: Path) -> None:
    rows = [f'{row},"first line\nsecond, line {n}"' for n, row in enumerate(records(10))]
    whole = told(tmp_path / "a.csv", f"{HEAD},备注\n" + "\n".join(rows) + "\n")
    assert (whole.read, whole.used, whole.rejects) == (10, 10, [])


def test_parts_of_long_calls_are_counted_and_told(tmp_path: Path) -> None:
    rows = [f"{row},{flag}" for row, flag in zip(records(6), "001230", strict=True)]
    whole = told(tmp_path / "a.csv", f"{HEAD},部分话单标志\n" + "\n".join(rows) + "\n")
    assert whole.used == 6
    assert [note.en for note in whole.notes if note.en.startswith("2 records are flagged as parts of longer calls")]


def test_a_file_with_names_and_no_rows_says_so(tmp_path: Path) -> None:
    whole = told(tmp_path / "a.csv", f"{HEAD}\n")
    assert (whole.read, whole.used, whole.rejects) == (0, 0, [])
    assert [note.en for note in whole.notes if "no rows below its header" in note.en]


def test_a_map_without_columns_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv.toml").write_text('table = "calls"\n', "utf-8")
    (reject,) = told(tmp_path / "a.csv", f"{HEAD}\n" + "\n".join(records(3)) + "\n").rejects
    assert reject.row == 0 and "the map has no [columns]" in reject.reason
