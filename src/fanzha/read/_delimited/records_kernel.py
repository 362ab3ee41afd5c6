"""Where the records of a delimited text begin; as in Arrow's parser, quotes count at the start of a cell only."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled


@compiled
def find_records(data: NDArray[np.uint8], delimiter: int, starts: NDArray[np.int64], lines: NDArray[np.int64]) -> int:
    """Write the first byte and the line (from 0) of every record that is not blank; return how many there are."""
    found, line = 0, 0
    start, start_line = 0, 0
    in_quotes, at_start = False, True
    at, size = 0, len(data)
    while at < size:
        sign = data[at]
        if sign == 10:
            line += 1
        if in_quotes:
            if sign == 34:
                if at + 1 < size and data[at + 1] == 34:
                    at += 1
                else:
                    in_quotes = False
        elif sign == 34 and at_start:
            in_quotes, at_start = True, False
        elif sign == delimiter:
            at_start = True
        elif sign == 10:
            if at > start and not (at == start + 1 and data[start] == 13):
                starts[found], lines[found] = start, start_line
                found += 1
            start, start_line, at_start = at + 1, line, True
        else:
            at_start = False
        at += 1
    if size > start and not (size == start + 1 and data[start] == 13):
        starts[found], lines[found] = start, start_line
        found += 1
    return found
