"""A chunk of delimited text as Arrow columns; records of another width come back apart."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._chunks import Chunk


class Odd(NamedTuple):
    """A record whose width is not the header's."""

    line: int
    cells: list[str]
    text: str


@dataclass(frozen=True)
class Parsed:
    """The columns of a chunk's records, and what did not become one."""

    columns: dict[str, ArrowColumn]
    count: int
    line_numbers: Callable[[NDArray[np.int64]], list[int]]
    odd: list[Odd]


def parse(chunk: Chunk, names: tuple[str, ...], wanted: list[str], delimiter: str) -> Parsed:
    """Parse with Arrow; only records of another width are looked at one by one."""
    wrong: list[pyarrow.csv.InvalidRow] = []

    def skip(row: pyarrow.csv.InvalidRow) -> Literal["skip"]:
        wrong.append(row)
        return "skip"

    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(chunk.data),
            read_options=pyarrow.csv.ReadOptions(
                use_threads=False, column_names=list(names), block_size=len(chunk.data) + 1
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip, ignore_empty_lines=True
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), include_columns=wanted, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return _line_by_line(chunk, names, wanted, delimiter)
    lines = _Lines(chunk, [row.number for row in wrong if row.number is not None])
    odd = [
        one
        for row, line in zip(wrong, lines.of_wrong(), strict=True)
        for one in _apart(row.text, line, len(names), delimiter)
    ]
    columns = {name: table.column(name).combine_chunks() for name in wanted}
    return Parsed({name: _one(column) for name, column in columns.items()}, table.num_rows, lines.of_good, odd)


def _one(column: Any) -> ArrowColumn:
    """Return one array: combine_chunks gives a chunked one when there is nothing to combine."""
    array: ArrowColumn = column if isinstance(column, pa.Array) else pa.concat_arrays(column.chunks)
    return array


def _apart(text: str, line: int, width: int, delimiter: str) -> list[Odd]:
    """Take apart a record of another width; a quote that is never closed may have swallowed good lines."""
    lines = text.split("\n")
    if len(lines) == 1:
        return [Odd(line, cells_of(text, delimiter), text)]
    found = []
    for number, one in enumerate(lines, start=line):
        if one.strip():
            found.append(Odd(number, cells_of(one, delimiter), one))
    return found


def cells_of(line: str, delimiter: str) -> list[str]:
    """Split one line; a quote that does not close is an ordinary sign."""
    line = line.rstrip("\r\n")
    if line.count('"') % 2 or '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter), [""])
    except csv.Error:
        return line.split(delimiter)


def _line_by_line(chunk: Chunk, names: tuple[str, ...], wanted: list[str], delimiter: str) -> Parsed:
    """What Arrow gives up on, e.g. bytes it cannot take: every line on its own."""
    text = chunk.data.decode("utf-8", "replace")
    odd = [
        Odd(number, cells_of(line, delimiter), line)
        for number, line in enumerate(text.split("\n"), start=chunk.line)
        if line.strip()
    ]
    nothing: ArrowColumn = pa.array([], pa.large_string())
    return Parsed(dict.fromkeys(wanted, nothing), 0, lambda rows: [], odd)


class _Lines:
    """From records to lines of the file: worked out only when somebody asks."""

    def __init__(self, chunk: Chunk, wrong: list[int]) -> None:
        self._chunk, self._wrong = chunk, np.array(wrong, np.int64) - 1
        self._starts: NDArray[np.int64] | None = None

    def of_good(self, rows: NDArray[np.int64]) -> list[int]:
        """Return the lines of records that have the right width."""
        if not len(rows):
            return []
        good = np.delete(self._records(), self._wrong[self._wrong < len(self._records())])
        return [int(line) for line in good[np.minimum(rows, len(good) - 1)]]

    def of_wrong(self) -> list[int]:
        """Return the lines of the other records."""
        if not len(self._wrong):
            return []
        records = self._records()
        return [int(line) for line in records[np.minimum(self._wrong, len(records) - 1)]]

    def _records(self) -> NDArray[np.int64]:
        if self._starts is None:
            self._starts = _record_lines(self._chunk)
        return self._starts


def _record_lines(chunk: Chunk) -> NDArray[np.int64]:
    """Return the line number of every record that is not blank; a line end inside quotes ends no record."""
    signs = np.frombuffer(chunk.data, np.uint8)
    ends = np.flatnonzero(signs == 10)
    outside = ends[np.searchsorted(np.flatnonzero(signs == 34), ends) % 2 == 0]
    starts = np.concatenate(([0], outside + 1))
    stops = np.concatenate((outside, [len(signs)]))
    first = np.append(signs, 0)[starts]
    blank = (stops == starts) | ((stops - starts == 1) & (first == 13))
    lines: NDArray[np.int64] = chunk.line + np.searchsorted(ends, starts)[~blank]
    return lines if len(lines) else np.array([chunk.line], np.int64)
