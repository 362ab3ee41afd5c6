"""Columns are stored in the narrowest type and read back unchanged, and only when they are asked for."""

import numpy as np
import pyarrow as pa
import pytest

from fanzha.rules._engine.stored_columns import StoredColumns, pack_column
from fanzha.windows import UNKNOWN


def batch(columns: dict[str, list[int]]) -> pa.RecordBatch:
    packed = [pack_column(name, np.array(values, np.int64)) for name, values in columns.items()]
    return pa.RecordBatch.from_arrays(
        [column for _, column in packed], schema=pa.schema([field for field, _ in packed])
    )


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ([UNKNOWN, UNKNOWN], "null"),
        ([0, 1, UNKNOWN], "uint8"),
        ([-5, -5], "uint8"),
        ([10**15, 10**15 + 253], "uint8"),
        ([10**15, 10**15 + 254, UNKNOWN], "uint8"),
        ([10**15, 10**15 + 255, UNKNOWN], "uint16"),
        ([0, 65_534], "uint16"),
        ([0, 65_535], "uint32"),
        ([UNKNOWN, -(1 << 40), 1 << 40], "int64"),
        ([UNKNOWN + 1, (1 << 63) - 1], "int64"),
    ],
)
def test_a_column_comes_back_from_the_narrowest_type(values: list[int], stored: str) -> None:
    stretch = batch({"x": values})
    assert str(stretch.schema.field("x").type) == stored
    assert StoredColumns.of_batch(stretch, ["x"])["x"].tolist() == values


def test_columns_can_be_cut_and_added_to() -> None:
    columns = StoredColumns.of_batch(batch({"a": [1, 2, 3], "b": [UNKNOWN] * 3}), ["a", "b"])
    piece = columns.part(1, 3)
    piece["c"] = np.array([7, 8])
    assert list(piece) == ["a", "b", "c"]
    assert {name: column.tolist() for name, column in piece.items()} == {"a": [2, 3], "b": [UNKNOWN] * 2, "c": [7, 8]}
    assert "c" not in columns
    assert len(columns) == 2


def test_a_column_is_read_when_it_is_asked_for() -> None:
    def fail() -> np.ndarray:
        raise AssertionError("was read")

    columns = StoredColumns({"a": lambda: np.array([1]), "b": fail})
    assert columns.part(0, 1)["a"].tolist() == [1]
    assert "b" in columns
