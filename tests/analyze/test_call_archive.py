"""Calls of any readable export are kept with canonical numbers and talk time."""

from pathlib import Path

import pytest

from fanzha.analyze.call_archive import archive_calls
from fanzha.base.clock import moment_ms
from fanzha.base.errors import NothingUsable
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
    with pytest.raises(NothingUsable):
        archive_calls([export], "A")
