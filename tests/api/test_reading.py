"""`read`, `inspect` and `lookup` give what the command line gives, from files and from frames."""

from pathlib import Path

import pyarrow as pa
import pytest

from fanzha.api import NothingUsable, UsageError, event_tables, inspect, lookup, read

CALLS = pa.table(
    {
        "主叫号码": ["19400001234", "+44 20 7946 0001"],
        "被叫号码": ["19900000001", "19900000002"],
        "开始时间": ["20260301080000", "20260301080100"],
        "通话时长(秒)": [3, 0],
        "中继群号": ["IGW-FIC-1", "IGW-FIC-1"],
    }
)


def test_a_frame_is_understood_as_its_file_would_be() -> None:
    result = read(CALLS)
    assert (result.read, result.used, result.rejects) == (2, 2, [])
    offered = result.tables["call_offered"]
    assert offered.column("callee").to_pylist() == ["+8619900000001", "+8619900000002"]
    assert offered.schema.equals(event_tables()["call_offered"])


def test_files_are_read_together_and_rejects_kept(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("icbc-verify.example\nexample.org\n", "utf-8")
    (tmp_path / "b.txt").write_text("example.net\nnot a host\nexample.com\nexample.edu\n", "utf-8")
    result = read([tmp_path / "a.txt", str(tmp_path / "b.txt")])
    assert result.tables["site_seen"].num_rows == 5
    assert [(reject.file, reject.row) for reject in result.rejects] == [(str(tmp_path / "b.txt"), 2)]


def test_a_source_without_a_usable_row_is_an_error_with_the_reason() -> None:
    with pytest.raises(NothingUsable, match="its columns are not understood"):
        read(pa.table({"x": [1, 2]}))


def test_a_map_and_a_table_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('table = "site_seen"\n[columns]\nhost = "x"\n', "utf-8")
    result = read(pa.table({"x": ["example.org"]}), map_file=tmp_path / "map.toml")
    assert result.rows("site_seen")[0]["host"] == "example.org"
    with pytest.raises(UsageError, match="no event table"):
        read(CALLS, table="tables")


def test_content_needs_a_basis() -> None:
    texts = pa.table({"短信内容": ["您的快递已到", "请点击链接"], "发送时间": ["2026-03-01 08:00:00"] * 2})
    with pytest.raises(NothingUsable, match="no legal basis"):
        read(texts)
    assert read(texts, basis="test order 1").rows("message")[0]["basis"] == "test order 1"


def test_inspect_shows_columns_and_the_map() -> None:
    (shown,) = inspect(CALLS)
    assert shown.table == "calls"
    assert {column.theirs: column.ours for column in shown.columns}["中继群号"] == "trunk"
    assert 'table = "calls"' in shown.toml
    (unknown,) = inspect(pa.table({"x": [1, 2]}))
    assert unknown.problem is not None


def test_a_value_is_looked_up() -> None:
    assert "short_code" in [result.kind.name for result in lookup("95588")]
    with pytest.raises(UsageError, match="there is no kind"):
        lookup("95588", kind="number")
