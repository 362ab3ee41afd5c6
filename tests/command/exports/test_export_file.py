"""The file says in its first line who took it out, in every row which export it is, and runs no formula."""

import csv
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from fanzha.command.exports.export_file import cell, export_path, write_csv, write_file


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))


def test_mark_head_and_rows() -> None:
    written = write_csv("E1", "导出 E1 · 张三 · 2026", ["对象", "export"], [("+86 1", None), ("b,\"c'", 2)])
    path = export_path("E1")
    assert path.stat().st_mode & 0o077 == 0 and path.stat().st_size == written.size
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["# 导出 E1 · 张三 · 2026"], ["对象", "export"], ["'+86 1", "", "E1"], ["b,\"c'", "2", "E1"]]


def test_a_file_that_could_not_be_finished_leaves_nothing() -> None:
    def rows() -> object:
        yield ("a",)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_csv("E1", "mark", ["a"], rows())  # type: ignore[arg-type]
    assert list(export_path("E1").parent.iterdir()) == []


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"])
def test_no_cell_is_a_formula(formula: str) -> None:
    assert cell(formula) == f"'{formula}"


def test_moments_are_local_and_nothing_is_empty() -> None:
    assert cell(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01 08:00:00+08:00"
    assert cell(None) == "" and cell(0.5) == "0.5"


def test_what_is_made_already_is_kept_as_it_is() -> None:
    written = write_file("E2", b"PK")
    assert export_path("E2").read_bytes() == b"PK" and export_path("E2").stat().st_mode & 0o077 == 0
    assert (written.size, written.sha256) == (2, sha256(b"PK").hexdigest())
    assert [one.name for one in export_path("E2").parent.iterdir()] == ["E2"]
