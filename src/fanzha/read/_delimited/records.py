"""Line numbers and text of the records of a chunk, computed on demand."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.read._chunks import Chunk


@compiled
def find_records(data: NDArray[np.uint8], delimiter: int, starts: NDArray[np.int64], lines: NDArray[np.int64]) -> int:
    """Write the first byte and the line (from 0) of every record that is not blank; return their number.

    Records are those of Arrow's parser: CR, LF and CR LF end a record, quotes count at the start of a cell only.
    """
    count, line = 0, 0
    start, start_line = 0, 0
    in_quotes, at_start = False, True
    position, size = 0, len(data)
    while position < size:
        byte = data[position]
        if byte == 10:
            line += 1
        if in_quotes:
            if byte == 34:
                if position + 1 < size and data[position + 1] == 34:
                    position += 1
                else:
                    in_quotes = False
        elif byte == 34 and at_start:
            in_quotes, at_start = True, False
        elif byte == delimiter:
            at_start = True
        elif byte in (10, 13):
            if position > start:
                starts[count], lines[count] = start, start_line
                count += 1
            start, start_line, at_start = position + 1, line, True
        else:
            at_start = False
        position += 1
    if size > start:
        starts[count], lines[count] = start, start_line
        count += 1
    return count


class RecordIndex:
    """The records of a chunk in Arrow's numbering. `skipped` are the numbers (from 1) of the records Arrow skipped."""

    def __init__(self, chunk: Chunk, delimiter: str, skipped: list[int]) -> None:
        self._chunk, self._delimiter = chunk, ord(delimiter)
        self._skipped = np.array(skipped, np.int64) - 1

    def good_lines(self, rows: NDArray[np.int64]) -> list[int]:
        """Return the first lines of parsed records, as line numbers of the file."""
        return [int(self._lines[number]) for number in self._numbers(rows)]

    def skipped_lines(self) -> list[int]:
        """Return the first lines of skipped records."""
        return [int(self._lines[min(number, len(self._lines) - 1)]) for number in self._skipped]

    def good_text(self, row: int) -> str:
        """Return the text of a parsed record."""
        (number,) = self._numbers(np.array([row]))
        stop = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._chunk.data)
        return self._chunk.data[self._starts[number] : stop].decode("utf-8", "replace")

    def _numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        if not len(rows):
            return rows
        numbers = np.arange(len(self._lines))
        good = np.delete(numbers, self._skipped[self._skipped < len(numbers)])
        selected: NDArray[np.int64] = good[np.minimum(rows, len(good) - 1)]
        return selected

    @cached_property
    def _positions(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        codes = np.frombuffer(self._chunk.data, np.uint8)
        capacity = self._chunk.data.count(b"\n") + self._chunk.data.count(b"\r") + 1
        starts, lines = np.zeros(capacity, np.int64), np.zeros(capacity, np.int64)
        count = max(1, find_records(codes, self._delimiter, starts, lines))
        return starts[:count], lines[:count] + self._chunk.line

    @property
    def _starts(self) -> NDArray[np.int64]:
        return self._positions[0]

    @property
    def _lines(self) -> NDArray[np.int64]:
        return self._positions[1]
