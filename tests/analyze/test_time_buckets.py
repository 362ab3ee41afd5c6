"""A table in stretches of time holds the same rows, each stretch behind the one before."""

from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.analyze.time_buckets import read_row_groups, sort_in_buckets

ROWS = 3_000


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=700)
    return path


def shuffled(count: int, *, part: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"event_id": f"{part}{n}", "occurred_at": n // 2, "observed_at": 0, "word": f"word {n % 3}"}
        for n in range(count)
    ]
    Random(1).shuffle(rows)
    return rows


@pytest.mark.parametrize("bucket_bytes", [0, 10_000, 1 << 30])
def test_no_row_is_lost_and_stretches_follow_each_other(tmp_path: Path, bucket_bytes: int) -> None:
    parts = [write(tmp_path / name, shuffled(ROWS, part=name)) for name in "ab"]
    tables = list(sort_in_buckets(parts, tmp_path / "sort", bucket_bytes, ["word"]))
    assert len(tables) == 1 if bucket_bytes == 1 << 30 else len(tables) > 10
    moments = [table.column("occurred_at").to_numpy() for table in tables]
    assert all(before.max() < after.min() for before, after in zip(moments, moments[1:], strict=False))
    rows = [row for table in tables for row in table.to_pylist()]
    assert sorted(rows, key=str) == sorted((row for part in parts for row in pq.read_table(part).to_pylist()), key=str)
    assert not (tmp_path / "sort").exists()


def test_a_first_file_without_rows_does_not_hide_the_size(tmp_path: Path) -> None:
    full = write(tmp_path / "b", shuffled(ROWS, part="b"))
    pq.write_table(pq.read_table(full).slice(0, 0), tmp_path / "a")
    assert len(list(sort_in_buckets([tmp_path / "a", full], tmp_path / "sort", 10_000, []))) > 5


def test_the_latest_version_stands_wherever_it_is(tmp_path: Path) -> None:
    corrected = [{**row, "observed_at": 1, "occurred_at": 5_000} for row in shuffled(ROWS, part="a")[:10]]
    parts = [write(tmp_path / "a", corrected), write(tmp_path / "b", shuffled(ROWS, part="a"))]
    rows = [row for table in sort_in_buckets(parts, tmp_path / "sort", 10_000, []) for row in table.to_pylist()]
    assert len(rows) == ROWS
    assert sorted((row for row in rows if row["observed_at"]), key=str) == sorted(corrected, key=str)


def test_what_an_interrupted_run_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "sort").mkdir()
    (tmp_path / "sort" / "000.arrows").write_bytes(b"half")
    part = write(tmp_path / "a", shuffled(5, part="a"))
    (table,) = sort_in_buckets([part], tmp_path / "sort", 1 << 20, [])
    assert table.num_rows == 5


def test_an_empty_file_is_an_empty_row_group(tmp_path: Path) -> None:
    types: dict[str, pa.DataType] = {"event_id": pa.string(), "n": pa.int64()}
    schema = pa.schema(types)
    pq.write_table(schema.empty_table(), tmp_path / "a")
    assert [table.schema.names for table in read_row_groups([tmp_path / "a"], ["event_id"])] == [["event_id"]]
