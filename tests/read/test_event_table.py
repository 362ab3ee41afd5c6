"""A file of an event table is read as it is: rows that no event can have are rejected, others are not changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.events import all_events
from fanzha.read import ReadContext, ReadResult, find_sources, read_source

BASE = {"event_id": "e1", "occurred_at": 1_772_323_200_000, "observed_at": 1_772_323_300_000, "source": "s"}


def read(
    folder: Path, table: str, *rows: Mapping[str, object], basis: str = "", schema: pa.Schema | None = None
) -> ReadResult:
    nullable = schema or pa.schema([field.with_nullable(True) for field in all_events()[table].schema])
    written = [{**BASE, "event_id": f"e{n}", "simulated": True, **row} for n, row in enumerate(rows, start=1)]
    pq.write_table(pa.Table.from_pylist(written, schema=nullable), folder / "a.parquet")
    (folder / "a.parquet.toml").write_text(f'table = "{table}"\nformat = "event-table"\n')
    (source,) = find_sources([folder / "a.parquet"])
    return read_source(source, ReadContext(observed_at=1, basis=basis))


def test_rows_come_out_as_they_are(tmp_path: Path) -> None:
    result = read(tmp_path, "site_seen", {"host": "a.example"}, {"host": "b.example", "basis": "x"})
    assert [(row["event_id"], row["host"], row["simulated"]) for row in result.rows("site_seen")] == [
        ("e1", "a.example", True),
        ("e2", "b.example", True),
    ]
    assert (result.read, result.used) == (2, 2)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ({"event_id": None}, "event_id", "required"),
        ({"occurred_at": 5}, "occurred_at", "1990"),
        ({"ingress": "moon"}, "ingress", "not one of the values"),
        ({"callee": "19900000001"}, "callee", "canonical form"),
        ({"callee": "garbage"}, "callee", "canonical form"),
    ],
)
def test_a_cell_that_no_event_has_is_rejected(
    tmp_path: Path, row: Mapping[str, object], column: str, reason: str
) -> None:
    good = {"call_id": "c", "callee": "+8619900000001"}
    result = read(tmp_path, "call_offered", good, {**good, **row}, good)
    (reject,) = result.rejects
    assert (reject.row, reject.column, result.used) == (2, column, 2)
    assert reason in reject.reason


def test_content_needs_a_basis_of_its_row_or_of_the_run(tmp_path: Path) -> None:
    (reject,) = read(tmp_path, "message", {"text": "x", "basis": "order 1"}, {"text": "y"}).rejects
    assert "no legal basis" in reject.reason
    result = read(tmp_path, "message", {"text": "x", "basis": "order 1"}, {"text": "y"}, basis="order 2")
    assert [row["basis"] for row in result.rows("message")] == ["order 1", "order 2"]


def test_other_columns_are_refused_by_name(tmp_path: Path) -> None:
    fields: list[pa.Field[Any]] = [
        pa.field("event_id", pa.string()),
        pa.field("host", pa.int64()),
        pa.field("colour", pa.string()),
    ]
    schema = pa.schema(fields)
    (reject,) = read(tmp_path, "site_seen", {"host": 1}, schema=schema).rejects
    assert "host (int64)" in reject.reason and "colour" in reject.reason


def test_without_a_map_it_is_an_ordinary_parquet_file(tmp_path: Path) -> None:
    pq.write_table(pa.table({"域名": ["a.example"]}), tmp_path / "a.parquet")
    (source,) = find_sources([tmp_path / "a.parquet"])
    assert source.format == "parquet"


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + b"\0" * 100)
    (tmp_path / "a.parquet.toml").write_text('table = "site_seen"\nformat = "event-table"\n')
    (source,) = find_sources([tmp_path / "a.parquet"])
    (reject,) = read_source(source, ReadContext(observed_at=1)).rejects
    assert "damaged" in reject.reason
