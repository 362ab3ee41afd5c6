"""Frames of any library are taken by their Arrow or interchange interface, and mistakes are told with a fix."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.api import event_tables
from fanzha.api._frames import open_batches, staged, to_moment, write_frame
from fanzha.base.errors import UsageError
from fanzha.read import find_sources

ROWS = pa.table({"caller": ["19400001234", None], "seconds": [3, 4]})


class Foreign:
    """A table of another library: nothing is known of it but its Arrow stream."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        stream: object = self._table.__arrow_c_stream__(requested_schema)
        return stream


class OlderFrame:
    """A table of another library that speaks the interchange protocol only."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __dataframe__(self, nan_as_null: bool = False, allow_copy: bool = True) -> Any:
        return self._table.__dataframe__(nan_as_null, allow_copy)


@pytest.mark.parametrize("frame", [ROWS, Foreign(ROWS), OlderFrame(ROWS)], ids=["pyarrow", "stream", "interchange"])
def test_a_frame_becomes_the_same_rows(frame: Any, tmp_path: Path) -> None:
    write_frame(frame, tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == ROWS.to_pylist()


def test_a_query_of_duckdb_is_a_frame(tmp_path: Path) -> None:
    with duckdb.connect() as database:
        write_frame(database.sql("SELECT '19400001234' AS caller, 3 AS seconds"), tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == [{"caller": "19400001234", "seconds": 3}]


def test_texts_in_other_arrow_types_are_written_as_texts(tmp_path: Path) -> None:
    texts = pa.array(["a", "b", "a"])
    views = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), pa.array(["a", "b"], pa.string_view()))
    frame = pa.table({"x": texts.dictionary_encode(), "y": texts.cast(pa.string_view()), "z": views})
    write_frame(Foreign(frame), tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == [dict.fromkeys("xyz", text) for text in "aba"]


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(UsageError, match="a int is no frame"):
        open_batches(3)
    with pytest.raises(UsageError, match="a int is no frame"), staged(3):  # type: ignore[arg-type]
        pass


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"), staged([tmp_path / "none.csv"]):
        pass


def test_event_tables_are_staged_with_a_map_and_removed_afterwards() -> None:
    with staged({"site_seen": event_tables()["site_seen"].empty_table()}) as (path,):
        (source,) = find_sources([path])
        assert (source.format, source.map.table if source.map else "") == ("event-table", "site_seen")
    assert not path.parent.exists()


def test_columns_left_out_of_an_event_table_are_null(tmp_path: Path) -> None:
    with staged({"site_seen": pa.table({"host": ["a.example"]})}) as (path,):
        (row,) = pq.read_table(path).to_pylist()
    assert (row["host"], row["url"], row["occurred_at"]) == ("a.example", None, None)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"site_seen": pa.table({"hosts": ["a.example"]})}, "site_seen: there is no column 'hosts'"),
        ({"site_seen": pa.table({"occurred_at": ["yesterday"]})}, "site_seen: the frame cannot be taken"),
        ({"calls": ROWS}, "no event table is called 'calls'"),
        ({"finding": ROWS}, "no event table is called 'finding'"),  # the analysis makes it itself
    ],
)
def test_what_is_no_event_table_is_refused_by_name(tables: dict[str, pa.Table], message: str) -> None:
    refused = pytest.raises(UsageError, match=message)
    with refused, staged(tables):
        pass


def test_moments_are_texts_or_datetimes_with_a_zone() -> None:
    assert to_moment(None) is None
    assert to_moment("2026-03-01T00:00:00Z") == to_moment(datetime(2026, 3, 1, tzinfo=UTC)) == 1_772_323_200_000
    with pytest.raises(UsageError, match="has no time zone"):
        to_moment(datetime(2026, 3, 1))
    with pytest.raises(UsageError, match="not a moment"):
        to_moment("yesterday")
