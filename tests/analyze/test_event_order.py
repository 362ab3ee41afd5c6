"""Events stand in one order, once, whatever the order they arrived in."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.analyze.event_order import MEMORY_LIMIT_BYTES, decode_dictionaries, slices, sort_table

NAMES = ("event_id", "occurred_at", "observed_at", "n")
TYPES: dict[str, pa.DataType] = {"event_id": pa.string(), **dict.fromkeys(NAMES[1:], pa.int64())}
SCHEMA = pa.schema(TYPES)
Row = tuple[str, int, int, int]


def write(path: Path, rows: list[Row]) -> Path:
    pq.write_table(pa.Table.from_pylist([dict(zip(NAMES, row, strict=True)) for row in rows], schema=SCHEMA), path)
    return path


def moments_of(batch: pa.RecordBatch) -> list[int]:
    return [int(moment) for moment in batch.column("occurred_at").to_numpy()]


@pytest.mark.parametrize("memory_limit", [MEMORY_LIMIT_BYTES, 0], ids=["in memory", "outside"])
def test_a_repeated_event_counts_once_and_its_correction_stands(tmp_path: Path, memory_limit: int) -> None:
    parts = [write(tmp_path / "a", [("x", 5, 10, 1), ("y", 4, 10, 2)]), write(tmp_path / "b", [("x", 6, 20, 3)])]
    assert sort_table(parts, tmp_path / "sorted", memory_limit=memory_limit) == (2, 1)
    assert pq.read_table(tmp_path / "sorted").to_pylist() == [
        {"event_id": "y", "occurred_at": 4, "observed_at": 10, "n": 2},
        {"event_id": "x", "occurred_at": 6, "observed_at": 20, "n": 3},
    ]


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abcdé"), st.integers(0, 3), st.integers(0, 2)), max_size=12),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=60, deadline=None)
def test_in_memory_and_outside_the_same_order_comes_out(sources: list[list[tuple[str, int, int]]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = [
            write(folder / f"{part}", [(*row, 100 * part + row_number) for row_number, row in enumerate(rows)])
            for part, rows in enumerate(sources)
        ]
        counts = sort_table(parts, folder / "in memory")
        assert sort_table(parts, folder / "outside", memory_limit=0) == counts
        assert pq.read_table(folder / "outside").to_pylist() == pq.read_table(folder / "in memory").to_pylist()


def test_a_quote_in_the_folder_name_does_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / "it's"
    folder.mkdir()
    assert sort_table([write(folder / "a", [("x", 5, 10, 1)])], folder / "sorted", memory_limit=0) == (1, 0)


tables = st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(0, 30), max_size=40), max_size=3)


@given(tables, st.integers(1, 7))
@settings(max_examples=60)
def test_slices_hold_every_event_once_and_never_go_back_in_time(moments: dict[str, list[int]], rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths, schemas = {}, {}
        for name, times in moments.items():
            events = [(f"{name}{i:03}", t, 0, i) for i, t in enumerate(sorted(times))]
            paths[name], schemas[name] = write(Path(folder, name), events), SCHEMA
        moments_by_table: dict[str, list[int]] = {name: [] for name in moments}
        newest = -1
        for event_slice in slices(paths, schemas, rows=rows):
            times = [t for batch in event_slice.values() for t in moments_of(batch)]
            assert times and min(times) >= newest
            newest = max(times)
            for name, batch in event_slice.items():
                moments_by_table[name] += moments_of(batch)
        assert moments_by_table == {name: sorted(times) for name, times in moments.items()}


def test_columns_of_few_words_come_as_dictionaries_on_request_and_otherwise_as_text(tmp_path: Path) -> None:
    schema = SCHEMA.remove(3).append(pa.field("w", pa.string()))
    rows = [{"event_id": f"{n:09}", "occurred_at": n // 2, "observed_at": 0, "w": f"word {n % 3}"} for n in range(9999)]
    rows[7]["w"] = None
    for name, part in (("a", rows[:5000]), ("b", rows[5000:])):
        pq.write_table(pa.Table.from_pylist(part, schema=schema), tmp_path / name)
    sort_table([tmp_path / "b", tmp_path / "a"], tmp_path / "sorted")
    for use_dictionaries in (False, True):
        event_slices = list(slices({"t": tmp_path / "sorted"}, {"t": schema}, rows=1000, dictionaries=use_dictionaries))
        assert pa.types.is_dictionary(event_slices[0]["t"].schema.field("w").type) == use_dictionaries
        assert [row for event_slice in event_slices for row in event_slice["t"].to_pylist()] == rows
        assert {decode_dictionaries(event_slice["t"]).schema for event_slice in event_slices} == {schema}
        assert [
            row for event_slice in event_slices for row in decode_dictionaries(event_slice["t"]).to_pylist()
        ] == rows
