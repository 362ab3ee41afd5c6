"""Parquet is read column by column with its own types, in pieces that stay small when they are unpacked."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.read import FileLayout, ReadContext, find_sources, read_source
from fanzha.read.parquet import READER, slice_batch

TERMS = ReadContext(observed_at=1_772_323_815_000, basis="x")
MOMENT = datetime(2026, 3, 1, 0, 30, 15, tzinfo=UTC)


def test_types_of_arrow_are_understood(tmp_path: Path) -> None:
    table = pa.table(
        {
            "caller": pa.array([19100000001.0, None]),
            "callee": pa.array(["19900000001", "19900000002"]).dictionary_encode(),
            "start_time": pa.array([MOMENT, MOMENT], pa.timestamp("us", "UTC")),
            "duration": pa.array([35, 0], pa.duration("s")),
            "answered": pa.array([True, False]),
            "unused": pa.array([[1], [2]]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    (source,) = find_sources([tmp_path / "a.parquet"])
    whole = read_source(source, TERMS)
    offered, ended = whole.rows("call_offered"), whole.rows("call_ended")
    assert [row.get("caller") for row in offered] == ["19100000001", None]
    assert (offered[0]["callee"], offered[0]["occurred_at"]) == ("+8619900000001", 1_772_325_015_000)
    assert [(row["answered"], row["talk_ms"]) for row in ended] == [(True, 35_000), (False, 0)]


def test_rows_are_numbered_across_batches(tmp_path: Path) -> None:
    hosts = [f"h{n}.example" for n in range(100_000)]
    hosts[70_000] = "not a host"
    pq.write_table(pa.table({"域名": hosts}), tmp_path / "a.parquet", row_group_size=30_000)
    (source,) = find_sources([tmp_path / "a.parquet"])
    whole = read_source(source, TERMS)
    assert (whole.used, [reject.row for reject in whole.rejects]) == (99_999, [70_001])


def test_a_parquet_file_inside_another_says_to_unpack_it(tmp_path: Path) -> None:
    import gzip

    pq.write_table(pa.table({"域名": ["a.example"]}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet.gz").write_bytes(gzip.compress((tmp_path / "a.parquet").read_bytes()))
    (source,) = find_sources([tmp_path / "b.parquet.gz"])
    assert read_source(source, TERMS).rejects


def test_pieces_are_cut_by_what_they_unpack_to() -> None:
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 300 + [None], pa.int32()), pa.array(["x" * 1_000_000]))
    batch = pa.record_batch({"a": long, "b": pa.array(range(301))})
    pieces = list(slice_batch(batch))
    assert sum(piece.num_rows for piece in pieces) == 301 and len(pieces) > 3
    assert [value for piece in pieces for value in piece.column("b").to_pylist()] == list(range(301))
    assert [piece.num_rows for piece in slice_batch(batch.slice(0, 0))] == []


def test_a_preview_of_long_repeated_values_is_cut(tmp_path: Path) -> None:
    """400 rows of one value of 1 MB would be 400 MB."""
    path = tmp_path / "events.parquet"
    value = "x" * 1_000_000
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 400, pa.int32()), pa.array([value]))
    pq.write_table(pa.table({"text": repeated, "n": range(400)}), path, compression="zstd", store_schema=False)
    (source,) = find_sources([path])
    look = READER.preview(source, FileLayout())
    assert look.names == ("text", "n") and look.sample["text"].type == pa.string()
    assert 0 < len(look.sample["text"]) == len(look.sample["n"]) < 100
    assert look.sample["text"][0].as_py() == value
