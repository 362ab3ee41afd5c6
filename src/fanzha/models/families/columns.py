"""Read numeric columns of a table by their names or aliases."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.events import Column


def read_numbers(table: pa.Table, columns: Sequence[Column], *, min_columns: int = 1) -> NDArray[np.float64]:
    """Return rows × columns, NaN where a value or a whole column is missing or a value is infinite.

    Raise UsageError if fewer than `min_columns` of the columns exist: then the table holds other data.
    """
    headers = {name.lower(): name for name in reversed(table.column_names)}
    sources = [next((headers[name] for name in _names(column) if name in headers), None) for column in columns]
    if sum(name is not None for name in sources) < min_columns:
        raise UsageError(
            f"the table has fewer than {min_columns} of the columns this model reads",
            fix=f"name them as in `fanzha schema`: {', '.join(column.name for column in columns[:6])} …",
        )
    values = np.full((table.num_rows, len(columns)), np.nan)
    for index, name in enumerate(sources):
        if name is not None:
            values[:, index] = table[name].cast(pa.float64()).to_numpy()
    values[np.isinf(values)] = np.nan
    return values


def _names(column: Column) -> tuple[str, ...]:
    return (column.name, *column.aliases)
