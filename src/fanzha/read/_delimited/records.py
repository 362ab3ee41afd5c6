"""Line numbers and text of the records of a chunk, computed on demand."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.read._chunks import Chunk

LF, CR, QUOTE = 10, 13, 34


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
        if byte == LF:
            line += 1
        if in_quotes:
            if byte == QUOTE:
                if position + 1 < size and data[position + 1] == QUOTE:
                    position += 1
                else:
                    in_quotes = False
        elif byte == QUOTE and at_start:
            in_quotes, at_start = True, False
        elif byte == delimiter:
            at_start = True
        elif byte in (LF, CR):
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
    """The records of a chunk: those that Arrow parsed, and those that it skipped.

    Arrow counts records from 1. Rows of the parsed table and records in this class are counted from 0. If Arrow finds
    more records than `find_records`, messages about the additional ones give the line of the last record.
    """

    def __init__(self, chunk: Chunk, delimiter: str, skipped: list[int]) -> None:
        """`skipped` are the numbers (from 1) of the records that Arrow skipped."""
        self._chunk, self._delimiter = chunk, ord(delimiter)
        self._skipped = np.array(skipped, np.int64) - 1

    def parsed_lines(self, rows: NDArray[np.int64]) -> list[int]:
        """Return the first lines of parsed records, as line numbers of the file."""
        return [int(self._lines[number]) for number in self._record_numbers(rows)]

    def skipped_lines(self) -> list[int]:
        """Return the first lines of skipped records."""
        return [int(self._lines[min(number, len(self._lines) - 1)]) for number in self._skipped]

    def parsed_text(self, row: int) -> str:
        """Return the text of a parsed record."""
        (number,) = self._record_numbers(np.array([row]))
        stop = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._chunk.data)
        return self._chunk.data[self._starts[number] : stop].decode("utf-8", "replace")

    def has_several_lines(self, count: int) -> NDArray[np.bool_]:
        """Return which of the first `count` parsed records span more than one line, blank lines after them included.

        All columns of the file count, also those that are not parsed.
        """
        following = np.append(self._lines[1:], self._chunk.line + self._chunk.data.count(b"\n"))
        spans = following - self._lines
        return np.asarray(spans[self._record_numbers(np.arange(count))] > 1)

    def _record_numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the record of each row of the parsed table."""
        if not len(rows):
            return rows
        numbers = np.arange(len(self._lines))
        parsed = np.delete(numbers, self._skipped[self._skipped < len(numbers)])
        selected: NDArray[np.int64] = parsed[np.minimum(rows, len(parsed) - 1)]
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
