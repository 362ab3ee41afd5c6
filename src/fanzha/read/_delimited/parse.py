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
from fanzha.read._arrow import compute as pc
from fanzha.read._chunks import Chunk
from fanzha.read._convert.text import mask
from fanzha.read._delimited.records import Records
from fanzha.read._delimited.swallowed import Shapes, swallowed


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


def parse(chunk: Chunk, names: tuple[str, ...], wanted: list[str], delimiter: str, shapes: Shapes) -> Parsed:
    """Parse with Arrow; only records of another width, or of several lines, are looked at one by one."""
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
    records = Records(chunk, delimiter, [row.number for row in wrong if row.number is not None])
    odd = [
        one
        for row, line in zip(wrong, records.lines_of_wrong(), strict=True)
        for one in _apart(row.text, line, delimiter)
    ]
    columns = {name: _one(table.column(name)) for name in wanted}
    parsed = Parsed(columns, table.num_rows, records.lines_of_good, odd)
    return _without_swallowed(parsed, records, shapes, delimiter) if b'"' in chunk.data else parsed


def _one(column: Any) -> ArrowColumn:
    """Return one array of a chunked column that may have no chunks."""
    array: ArrowColumn = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return array


def _without_swallowed(parsed: Parsed, records: Records, shapes: Shapes, delimiter: str) -> Parsed:
    """Take apart records that a stray quote made of several lines; those that only hold a line end stay."""
    broken = np.zeros(parsed.count, bool)
    for column in parsed.columns.values():
        broken |= mask(pc.match_substring(column, "\n"))
    if not broken.any():
        return parsed
    odd = list(parsed.odd)
    for row in np.flatnonzero(broken):
        lines = records.text_of_good(int(row)).rstrip("\n").split("\n")
        if swallowed(lines, shapes, lambda line: cells_of(line, delimiter)):
            odd += _apart("\n".join(lines), records.lines_of_good(np.array([row]))[0], delimiter)
        else:
            broken[row] = False
    kept, places = pa.array(~broken), np.flatnonzero(~broken)
    columns = {name: column.filter(kept) for name, column in parsed.columns.items()}
    return Parsed(columns, len(places), lambda rows: parsed.line_numbers(places[rows]), odd)


def _apart(text: str, line: int, delimiter: str) -> list[Odd]:
    """Take apart a record of another width; a quote that is never closed may have swallowed good lines."""
    lines = enumerate(text.split("\n"), start=line)
    return [Odd(number, cells_of(one, delimiter), one) for number, one in lines if one.strip()]


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
