"""Count what training and test share: a figure on rows already seen proves nothing."""

from collections.abc import Hashable, Sequence

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.learn.split import near_duplicates
from fanzha.models import Examples


class Overlap(msgspec.Struct, frozen=True):
    """Test rows that also stand in the training: as they are, nearly so (texts), or by a row of their group."""

    exact: int
    near: int | None = None
    groups: int | None = None


def overlap(train: Examples, test: Examples) -> Overlap:
    """Compare by text where there is a text, else by all numbers of a row."""
    groups = None
    if train.groups is not None and test.groups is not None:
        groups = _shared(train.groups.astype(str).tolist(), test.groups.astype(str).tolist())
    if "text" in train.table.column_names and "text" in test.table.column_names:
        seen, asked = train.table["text"].to_pylist(), test.table["text"].to_pylist()
        alike = near_duplicates([*seen, *asked])
        near = _shared(alike[: len(seen)].tolist(), alike[len(seen) :].tolist())
        return Overlap(_shared(seen, asked), near, groups)
    names = sorted(set(train.table.column_names) & set(test.table.column_names))
    return Overlap(_shared(*(_rows(table, names) for table in (train.table, test.table))), None, groups)


def _shared(seen: Sequence[Hashable], asked: Sequence[Hashable]) -> int:
    known = set(seen)
    return sum(one in known for one in asked)


def _rows(table: pa.Table, names: Sequence[str]) -> list[bytes]:
    """Return each row's numbers as bytes."""
    numeric = [
        name for name in names if pa.types.is_integer(table[name].type) or pa.types.is_floating(table[name].type)
    ]
    columns: list[NDArray[np.float64]] = [table[name].cast(pa.float64()).to_numpy() for name in numeric]
    return [row.tobytes() for row in np.column_stack(columns)] if columns else []
