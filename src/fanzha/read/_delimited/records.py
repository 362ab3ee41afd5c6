"""Records of a chunk by number: their lines and their text, worked out only when somebody asks."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fanzha.read._chunks import Chunk
from fanzha.read._delimited.records_kernel import find_records


class Records:
    """The records of a chunk, in Arrow's numbering; `wrong` are the numbers (from 1) of those it left out."""

    def __init__(self, chunk: Chunk, delimiter: str, wrong: list[int]) -> None:
        self._chunk, self._delimiter = chunk, ord(delimiter)
        self._wrong = np.array(wrong, np.int64) - 1

    def lines_of_good(self, rows: NDArray[np.int64]) -> list[int]:
        """Return the lines of the file at which records that were kept begin."""
        return [int(self._lines[number]) for number in self._numbers(rows)]

    def lines_of_wrong(self) -> list[int]:
        """Return the lines at which the records left out begin."""
        return [int(self._lines[min(number, len(self._lines) - 1)]) for number in self._wrong]

    def text_of_good(self, row: int) -> str:
        """Return a kept record as the file has it."""
        (number,) = self._numbers(np.array([row]))
        stop = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._chunk.data)
        return self._chunk.data[self._starts[number] : stop].decode("utf-8", "replace")

    def _numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        if not len(rows):
            return rows
        numbers = np.arange(len(self._lines))
        good = np.delete(numbers, self._wrong[self._wrong < len(numbers)])
        kept: NDArray[np.int64] = good[np.minimum(rows, len(good) - 1)]
        return kept

    @cached_property
    def _found(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        signs = np.frombuffer(self._chunk.data, np.uint8)
        room = self._chunk.data.count(b"\n") + 1
        starts, lines = np.zeros(room, np.int64), np.zeros(room, np.int64)
        count = max(1, find_records(signs, self._delimiter, starts, lines))
        return starts[:count], lines[:count] + self._chunk.line

    @property
    def _starts(self) -> NDArray[np.int64]:
        return self._found[0]

    @property
    def _lines(self) -> NDArray[np.int64]:
        return self._found[1]
