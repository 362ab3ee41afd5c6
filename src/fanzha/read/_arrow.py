"""Untyped access to pyarrow: its type stubs lack functions and have no type for an array of any kind."""

from typing import Any, TypeAlias

import pyarrow.compute

#: A pa.Array of any type.
ArrowColumn: TypeAlias = Any

#: pyarrow.compute for columns of any type.
compute: Any = pyarrow.compute


def constant_column(value: object, type_: pyarrow.DataType, rows: int) -> ArrowColumn:
    """Return a column that holds the same value in every row."""
    scalar: Any = pyarrow.scalar(value, type_)
    return pyarrow.repeat(scalar, rows)
