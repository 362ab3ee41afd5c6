"""Arrow without its stubs: they know every sort of array, but no function that takes them all, and lack functions."""

from typing import Any, TypeAlias

import pyarrow.compute

#: A pa.Array of any type.
ArrowColumn: TypeAlias = Any

#: pyarrow.compute for columns of any type.
compute: Any = pyarrow.compute


def constant_column(value: object, type_: pyarrow.DataType, rows: int) -> ArrowColumn:
    """Return a column that says the same on every row."""
    scalar: Any = pyarrow.scalar(value, type_)
    return pyarrow.repeat(scalar, rows)
