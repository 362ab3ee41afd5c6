"""Count the test rows that also occur in the training set."""

from collections.abc import Hashable, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.learn.split import near_duplicates
from fanzha.models import Examples

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls


class Overlap(msgspec.Struct, frozen=True):
    """Test rows that occur in the training set: exactly, as near-duplicates (texts), or by their group."""

    exact: int
    near: int | None = None
    groups: int | None = None


def count_overlap(train: Examples, test: Examples) -> Overlap:
    """Compare rows by their text, or without a text by all numeric columns."""
    groups = None
    if train.groups is not None and test.groups is not None:
        groups = _count_shared(train.groups.astype(str).tolist(), test.groups.astype(str).tolist())
    if "text" in train.table.column_names and "text" in test.table.column_names:
        train_texts, test_texts = train.table["text"].to_pylist(), test.table["text"].to_pylist()
        clusters = near_duplicates([*train_texts, *test_texts])
        near = _count_shared(clusters[: len(train_texts)].tolist(), clusters[len(train_texts) :].tolist())
        return Overlap(_count_shared(train_texts, test_texts), near, groups)
    names = [name for name in _numeric(train.table) if name in _numeric(test.table)]
    return Overlap(_count_shared(*(_row_bytes(table, names) for table in (train.table, test.table))), None, groups)


def _count_shared(train: Sequence[Hashable], test: Sequence[Hashable]) -> int:
    train_values = set(train)
    return sum(value in train_values for value in test)


def _numeric(table: pa.Table) -> list[str]:
    """Return the numeric columns, except integer columns of unique values, which are row ids."""
    whole = {name for name in table.column_names if pa.types.is_integer(table[name].type)}
    ids = {name for name in whole if table.num_rows > 1 and pc.count_distinct(table[name]).as_py() == table.num_rows}
    return sorted((whole - ids) | {name for name in table.column_names if pa.types.is_floating(table[name].type)})


def _row_bytes(table: pa.Table, names: Sequence[str]) -> list[bytes]:
    """Return the numbers of each row as bytes."""
    columns: list[NDArray[np.float64]] = [table[name].cast(pa.float64()).to_numpy() for name in names]
    return [row.tobytes() for row in np.column_stack(columns)] if columns else []
