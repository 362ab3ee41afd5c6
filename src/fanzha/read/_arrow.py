"""Arrow without its stubs: they know every sort of array, but no function that takes them all, and lack functions."""

from typing import Any, TypeAlias

import pyarrow.compute

#: A pa.Array of any type.
Column: TypeAlias = Any

#: pyarrow.compute for columns of any type.
compute: Any = pyarrow.compute


def repeated(value: object, type_: pyarrow.DataType, rows: int) -> Column:
    """Return a column that says the same on every row."""
    one: Any = pyarrow.scalar(value, type_)
    return pyarrow.repeat(one, rows)
