"""Calls of any readable export are kept with canonical numbers and talk time."""

from pathlib import Path

import pytest

from fanzha.analyze.call_archive import archive_calls
from fanzha.base.clock import moment_ms
from fanzha.base.errors import NothingUsable, QuestionsOpen
from fanzha.store.call_records import find_calls

HEAD = "call_id,caller,callee,start_time,duration,trunk\n"
ROW = "c-1,17000000002,0086 17000000001,2026-03-01 08:00:00,41,IC-7\n"


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    path = tmp_path / "calls.csv"
    path.write_text(HEAD + ROW, "utf-8")
    return path


def test_calls_of_an_export_are_found(export: Path) -> None:
    summary = archive_calls([export], "A")
    assert (summary.sources, summary.calls) == (1, 1)
    at = moment_ms("2026-03-01T08:00:00+08:00")
    (call,) = find_calls("A", "+8617000000001", at, at)
    assert (call.call_id, call.caller, call.trunk, call.talk_ms) == ("c-1", "+8617000000002", "IC-7", 41_000)


def test_a_file_that_is_read_again_replaces_what_it_brought(export: Path) -> None:
    archive_calls([export], "A")
    export.write_text(HEAD + ROW.replace("IC-7", "IC-8"), "utf-8")
    archive_calls([export], "A")
    at = moment_ms("2026-03-01T08:00:00+08:00")
    assert [call.trunk for call in find_calls("A", "+8617000000001", at, at)] == ["IC-8"]


def test_an_export_that_is_continued_under_its_name_keeps_the_morning(export: Path, tmp_path: Path) -> None:
    archive_calls([export], "A")
    export.write_text(HEAD + ROW.replace("c-1", "c-2").replace("08:00", "15:00"), "utf-8")
    archive_calls([export], "A")
    at = moment_ms("2026-03-01T08:00:00+08:00")
    assert len(find_calls("A", "+8617000000001", at, at + 8 * 3_600_000)) == 2
    assert not list((tmp_path / "home" / "call_records" / ".spool").iterdir())


def test_files_without_calls_are_told(export: Path) -> None:
    export.write_text("name,colour\na,b\n", "utf-8")
    with pytest.raises(NothingUsable, match=r"calls\.csv: .*its columns are not understood"):
        archive_calls([export], "A")


def test_a_file_of_other_headers_is_kept_by_the_map_beside_it(export: Path) -> None:
    """Study data: numbers are short ids, seconds are counted from the begin of the study, headers are of its own."""
    export.write_text("sec,user_a,user_b,dur\n28800,300,301,41\n29400,512,299,1\n", "utf-8")
    with pytest.raises(NothingUsable, match="not understood"):
        archive_calls([export], "A")
    map_file = export.with_name("calls.csv.toml")
    map_file.write_text(
        'table = "calls"\n[columns]\noccurred_at = { from = "sec", unit = "s" }\n'
        'caller = "user_a"\ncallee = "user_b"\ntalk_ms = { from = "dur", unit = "s" }\n',
        "utf-8",
    )
    with pytest.raises(NothingUsable, match=r"calls\.csv: .*1990"):
        archive_calls([export], "A")
    export.write_text("sec,user_a,user_b,dur\n1772323200,300,301,41\n1772323800,512,299,1\n", "utf-8")
    assert archive_calls([export], "A").calls == 2
    (call,) = find_calls("A", "301", 1_772_323_200_000, 1_772_323_200_000)
    assert (call.caller, call.talk_ms) == ("300", 41_000)


def test_calls_without_a_time_are_counted_and_not_kept(export: Path) -> None:
    untimed = export.with_name("untimed.csv")
    untimed.write_text("order,caller,callee,duration_s\n0,300,301,121\n1,512,299,670\n2,301,300,504\n", "utf-8")
    with pytest.raises(NothingUsable, match="no time of the call"):
        archive_calls([untimed], "A")
    summary = archive_calls([export, untimed], "A")
    assert (summary.calls, summary.untimed, summary.sources) == (1, 3, 1)


def test_columns_that_are_not_sure_are_asked_about_or_left_out(export: Path) -> None:
    row = "17000000002,17000000001,2026-03-01 08:00:00,2026-03-01 08:00:41"
    export.write_text(f"x1,x2,x3,x4\n{row}\n{row.replace('01 08', '02 08')}\n", "utf-8")
    with pytest.raises(QuestionsOpen, match=r"calls\.csv"):
        archive_calls([export], "A")
    with pytest.raises(NothingUsable, match="do not suffice"):
        archive_calls([export], "A", accept=True)


def test_other_records_are_named(export: Path) -> None:
    names = export.with_name("domains.txt")
    names.write_text("pay-refund.example.com\nlogin-parcel.example.net\ncheck-card.example.org\n", "utf-8")
    with pytest.raises(NothingUsable, match=r"it holds other records \(site_seen\)"):
        archive_calls([names], "A")


def test_partial_records_become_one_call(export: Path) -> None:
    head = "caller,callee,imei,start_time,duration,partial\n"
    call = "19100000001,19900000001,350000000000017,2026-03-01"
    rows = [f"{call} 08:00:00,1800,1", f"{call} 08:30:00,1800,2", f"{call} 09:00:01,300,3"]
    export.write_text(head + "\n".join(rows) + "\n", "utf-8")
    export.with_name("calls.csv.toml").write_text(
        'table = "calls"\n[columns]\ncaller = "caller"\ncallee = "callee"\ndevice = "imei"\n'
        'occurred_at = "start_time"\ntalk_ms = { from = "duration", unit = "s" }\n'
        'partial = { from = "partial", values = { "1" = "true", "2" = "true", "3" = "false" } }\n',
        "utf-8",
    )
    assert archive_calls([export], "A").calls == 1
    at = moment_ms("2026-03-01T08:00:00+08:00")
    assert [kept.talk_ms for kept in find_calls("A", "+8619900000001", at, at + 7_200_000)] == [3_900_000]
