"""`fanzha keep-calls` keeps the calls of exports."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fanzha.cli import fanzha


def test_calls_are_kept_and_a_wrong_operator_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    export = tmp_path / "calls.csv"
    export.write_text("call_id,caller,callee,start_time\nc-1,17000000002,17000000001,2026-03-01 08:00:00\n", "utf-8")
    done = CliRunner().invoke(fanzha, ["keep-calls", str(export), "--operator", "A1", "--json"])
    assert json.loads(done.stdout) == {
        "sources": 1,
        "calls": 1,
        "untimed": 0,
        "rejects": 0,
        "problems": [],
    }
    assert list((tmp_path / "home" / "call_records" / "A1" / "2026-03-01").glob("*.parquet"))
    assert "call_records" in CliRunner().invoke(fanzha, ["keep-calls", str(export), "--operator", "A1"]).stdout
    assert CliRunner().invoke(fanzha, ["keep-calls", str(export), "--operator", "../x"]).exception is not None


def test_files_that_are_not_kept_are_named_with_their_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    (tmp_path / "calls.csv").write_text("caller,callee,start_time\n17000000002,17000000001,2026-03-01 08:00:00\n")
    (tmp_path / "other.csv").write_text("name,colour\na,b\n")
    (tmp_path / "untimed.csv").write_text("order,caller,callee,duration_s\n0,300,301,121\n1,512,299,670\n")
    files = [str(path) for path in sorted(tmp_path.glob("*.csv"))]
    done = CliRunner().invoke(fanzha, ["keep-calls", *files, "--operator", "A1"])
    assert done.exit_code == 0
    assert "other.csv: its columns are not understood" in done.stderr and "无法判断各列含义" in done.stderr
    assert "‖" not in done.stderr
    assert "2 次呼叫没有时间" in done.stderr
