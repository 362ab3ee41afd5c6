"""Take the numbers that a model reads out of a table, under our names or any header known of them."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import WrongCall
from fanzha.events import Column


def numbers(table: pa.Table, columns: Sequence[Column], *, wanted: int = 1) -> NDArray[np.float64]:
    """Return rows × columns, NaN where a value or a whole column is missing or a value is infinite.

    Raises WrongCall when fewer than `wanted` of the columns are there: the table is of something else.
    """
    headers = {name.lower(): name for name in reversed(table.column_names)}
    found = [next((headers[name] for name in _names(column) if name in headers), None) for column in columns]
    if sum(name is not None for name in found) < wanted:
        raise WrongCall(
            f"the table has fewer than {wanted} of the columns this model reads",
            fix=f"name them as in `fanzha schema`: {', '.join(column.name for column in columns[:6])} …",
        )
    out = np.full((table.num_rows, len(columns)), np.nan)
    for place, name in enumerate(found):
        if name is not None:
            out[:, place] = table[name].cast(pa.float64()).to_numpy()
    out[np.isinf(out)] = np.nan
    return out


def _names(column: Column) -> tuple[str, ...]:
    return (column.name, *column.aliases)
