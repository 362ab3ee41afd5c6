"""Cells of a Parquet file are text, in chunks that fit into a frame of the child process."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.base.child_worker import ChildRefusal
from fanzha.command.imports.parquet_cells import DAMAGED, read_cells, read_names, to_text


def test_values_are_text() -> None:
    values = [None, [1, [2]], True, datetime(2026, 3, 2, tzinfo=UTC), " a "]
    assert [to_text(value) for value in values] == ["", "1;2", "true", "2026-03-02T00:00:00+00:00", "a"]


def test_rows_come_in_chunks(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table({"number": range(2_001), "long": ["x" * 300] * 2_001}), path)
    assert [json.loads(chunk) for chunk in read_names(str(path))] == [["number", "long"]]
    chunks = [json.loads(chunk) for chunk in read_cells(str(path))]
    assert len(chunks) > 1 and [int(row[0]) for chunk in chunks for row in chunk] == list(range(2_001))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(b"PAR1 but no more")
    with pytest.raises(ChildRefusal, match=DAMAGED):
        list(read_cells(str(path)))
