"""Exports as strangers send them are understood, asked about, or refused with a reason; every row is accounted for."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from fanzha.read import ReadContext, find_sources, inspect_source, read_source

CONTEXT = ReadContext(observed_at=1_790_000_000_000, basis="x")
START = 1_772_323_215_000
HEAD = "主叫号码,被叫号码,开始时间,通话时长(秒)"


class Row(NamedTuple):
    """One made-up call."""

    caller: str
    callee: str
    start: str
    talk: str


ROWS = [Row(f"1910000{n:04}", f"1990000{7 * n:04}", f"2026-03-01 08:{n:02}:15", f"{3 + 5 * n}") for n in range(12)]
Change = Callable[..., tuple[str, ...]]


def export(change: Change = Row, head: str = HEAD, delimiter: str = ",") -> str:
    """Return a file with a changed row for each call."""
    return "".join(delimiter.join(cells) + "\n" for cells in [head.split(","), *(change(*row) for row in ROWS)])


def minute(row: Row) -> int:
    """The number of the call, which is the minute of its start."""
    return int(row.start[14:16])


def with_start(write: Callable[[int], str]) -> str:
    return export(lambda *cells: Row(*cells)._replace(start=write(minute(Row(*cells)))))


def with_caller(write: Callable[[str], str]) -> str:
    return export(lambda caller, *rest: (write(caller), *rest))


def digits_of(zero: str) -> Callable[[str], str]:
    return lambda text: "".join(chr(ord(zero) + int(digit)) for digit in text)


WHOLE = export()
TITLES = "某公司话单\n制表人：张三\n\n期间：2026-03\n单位：次\n\n"
#: Name of the file -> text, rows used, rows rejected. The first call is always the same.
UNDERSTOOD: dict[str, tuple[str, int, int]] = {
    "header-in-row-7": (TITLES + WHOLE, 12, 0),
    "totals": (WHOLE + "合计,,,500\n制表：李四,,,\n", 12, 1),
    "two-tables": (WHOLE + "\n\n短信\n发送号码,接收号码,短信内容\n10690000,19900000001,快递到了\n", 12, 3),
    "empty-columns": (export(lambda *cells: (*cells, "", ""), HEAD + ",,"), 12, 0),
    "full-width": (with_caller(digits_of("０")), 12, 0),
    "arabic": (with_caller(digits_of("٠")), 12, 0),
    "serial-dates": (with_start(lambda n: f"{46082 + (8 * 3600 + n * 60 + 15) / 86400:.9f}"), 12, 0),
    "half-days": (with_start(lambda n: f"2026/3/1 上午8:{n:02}:15"), 12, 0),
    "am-pm": (with_start(lambda n: f"2026/3/1 8:{n:02}:15 AM"), 12, 0),
    "epoch-ms": (with_start(lambda n: str(START + 60_000 * n)), 12, 0),
    "epoch-us": (with_start(lambda n: str(1_000 * (START + 60_000 * n))), 12, 0),
    "negative": (WHOLE.replace(",8\n", ",-8\n"), 11, 1),
    "scientific": (WHOLE.replace("19100000003", "1.91E+10"), 11, 1),
    "shifted": (WHOLE.replace("19100000003", "x,19100000003"), 11, 1),
    "nul": (WHOLE.replace("19100000003", "191000\x0000003"), 12, 0),
    "carriage-returns": (WHOLE.replace("\n", "\r"), 12, 0),
    "tabs": (export(delimiter="\t"), 12, 0),
    "pipes": (export(delimiter="|"), 12, 0),
    "semicolons": (export(delimiter=";"), 12, 0),
    "quotes": (export(lambda *cells: (*cells, '备注"未闭合' if cells[3] == "23" else '"好"'), HEAD + ",备注"), 12, 0),
    "long-line": (WHOLE + "x" * 10_000_000 + "\n", 12, 1),
    "clock-lengths": (export(lambda *cells: (*cells[:3], f"0:00:{cells[3]:>02}"), HEAD), 12, 0),
    "minutes-and-seconds": (export(lambda *cells: (*cells[:3], f"0分{cells[3]}秒"), HEAD), 12, 0),
}
#: Name of the file -> text and the columns that are asked about.
ASKED: dict[str, tuple[str, set[str]]] = {
    "header-twice": (export(head="号码,号码,时间,时长"), {"callee"}),
    "no-names": (export(Row, "号码A,号码B,时间1,长度1"), {"caller", "callee"}),
    "two-moments": (export(lambda *cells: (*cells[:3], cells[2].replace("08:", "09:")), "甲,乙,丙,丁"), {"ended_at"}),
    "day-or-month": (with_start(lambda n: f"0{1 + n % 9}/0{1 + n % 5}/26 08:15"), {"occurred_at"}),
}
#: Name of the file -> text and a part of the reason.
REFUSED: dict[str, tuple[str, str]] = {
    "swapped": (export(lambda *cells: tuple(reversed(cells))), "names the time of the call"),
    "minguo": (with_start(lambda n: f"115/03/01 08:{n:02}:15"), "names the time of the call"),
    "minguo-words": (with_start(lambda n: f"民國115年3月1日08:{n:02}:15"), "names the time of the call"),
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_is_clear_is_understood_and_every_row_is_counted(name: str, tmp_path: Path) -> None:
    text, used, rejected = UNDERSTOOD[name]
    (tmp_path / f"{name}.csv").write_bytes(text.encode())
    (source,) = find_sources([tmp_path / f"{name}.csv"])
    result = read_source(source, CONTEXT)
    assert (result.used, len(result.rejects), result.read) == (used, rejected, used + rejected)
    calls = zip(result.rows("call_offered"), result.rows("call_ended"), strict=True)
    found = {(row["caller"], row["callee"], row["occurred_at"], end["talk_ms"]) for row, end in calls}
    expected = {(row.caller, f"+86{row.callee}", START + 60_000 * minute(row), int(row.talk) * 1_000) for row in ROWS}
    assert len(found) == used and found <= expected


@pytest.mark.parametrize("name", ASKED)
def test_what_is_not_clear_is_asked_about(name: str, tmp_path: Path) -> None:
    text, asked = ASKED[name]
    (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    (source,) = find_sources([tmp_path / f"{name}.csv"])
    assert asked <= {column for question in inspect_source(source, CONTEXT).questions for column in question.names}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    text, reason = REFUSED[name]
    (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    (source,) = find_sources([tmp_path / f"{name}.csv"])
    assert [reject for reject in read_source(source, CONTEXT).rejects if reason in reject.reason]


def test_lengths_in_hours_and_minutes_are_left_out_and_said(tmp_path: Path) -> None:
    text = export(lambda *cells: (*cells[:3], f"1:{cells[3]:>02}"), HEAD.replace("秒", "h:mm"))
    (tmp_path / "a.csv").write_text(text, "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    result = read_source(source, CONTEXT)
    assert not result.rows("call_ended") and [note for note in result.notes if "hours and minutes" in note.en]


def test_lengths_in_a_unit_that_is_not_known_are_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(export(head=HEAD.replace("秒", "10ms")), "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    result = read_source(source, CONTEXT)
    assert not result.rows("call_ended") and [note for note in result.notes if "none of h, min, s and ms" in note.en]


def test_billed_seconds_are_the_talk_time_where_a_file_has_both(tmp_path: Path) -> None:
    text = export(lambda *cells: (*cells[:3], "900", cells[3]), "caller,callee,start_time,duration,billsec")
    (tmp_path / "a.csv").write_text(text, "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    assert read_source(source, CONTEXT).rows("call_ended")[0]["talk_ms"] == 3_000


def test_headers_that_say_utc_set_the_zone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(export(head="caller,callee,start_time (UTC),duration"), "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    result = read_source(source, CONTEXT)
    assert result.rows("call_offered")[0]["occurred_at"] == START + 8 * 3_600_000
    assert [note for note in result.notes if "say UTC" in note.en]


@pytest.mark.parametrize("zone", ["UTC+8", "GMT +08:00", "UTC 8"])
def test_headers_that_say_another_offset_than_that_of_utc_do_not_set_the_zone(zone: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(export(head=f"caller,callee,start_time ({zone}),duration"), "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    result = read_source(source, CONTEXT)
    assert result.rows("call_offered")[0]["occurred_at"] == START
    assert not [note for note in result.notes if "say UTC" in note.en]


def test_the_number_of_a_message_is_no_text(tmp_path: Path) -> None:
    text = export(lambda caller, callee, start, _: (start, "4bfc6e62-0000", "BANK", f"86{callee}", "Sent"))
    (tmp_path / "a.csv").write_text(text.replace(HEAD, "SMS_DT,MESSAGE_ID,SENDER,DESTINATION,STATUS"), "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    found = inspect_source(source, CONTEXT)
    assert found.problem is not None or found.questions
    assert "text" not in [column.ours for column in found.columns]


def test_moments_under_an_unknown_header_are_asked_about_and_not_invented(tmp_path: Path) -> None:
    text = export(lambda caller, callee, start, _: (f"86{callee}", start, "您好，您的快递到了"))
    (tmp_path / "a.csv").write_text(text.replace(HEAD, "recipient,ts_xyz,short_message"), "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    found = inspect_source(source, CONTEXT)
    assert ("ts_xyz", "occurred_at") in [(column.theirs, column.ours) for column in found.columns]
    assert "occurred_at" in [name for question in found.questions for name in question.names]
