"""Many number columns as one map column (page facts): name of the fact -> number, row by row without a loop."""

import numpy as np
import pyarrow as pa

from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._convert.text import Cells
from fanzha.read._convert.values import number_cells


def fact_cells(given: dict[str, ArrowColumn], type_: pa.DataType) -> Cells:
    """Return a map column: as it is when the source has one, else with an entry for each given column."""
    first = next(iter(given.values()))
    if len(given) == 1 and pa.types.is_map(first.type):
        return Cells(first.cast(type_))
    read = [number_cells(column, pa.float64(), None, None) for column in given.values()]
    rows, width = len(first), len(read)
    matrix = np.column_stack([cells.values.to_numpy(zero_copy_only=False) for cells in read]) if rows else np.empty(0)
    values: ArrowColumn = pa.array(matrix.ravel(), pa.float64(), from_pandas=True)  # NaN is nothing
    names: ArrowColumn = pa.array(np.array(list(given), object)[np.tile(np.arange(width), rows)], pa.string())
    starts: ArrowColumn = pa.array(np.arange(rows + 1) * width, pa.int32())
    return Cells(pa.MapArray.from_arrays(starts, names, values), tuple(p for cells in read for p in cells.problems))
