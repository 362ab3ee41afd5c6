"""Parse chunks of delimited text to Arrow columns, and return records of another width separately."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from fanzha.read._arrow import ArrowColumn
from fanzha.read._chunks import Chunk
from fanzha.read._delimited.records import RecordIndex

_DIGIT = re.compile(r"\d+")

LineSplitter = Callable[[str], list[str]]


def cell_shape(cell: str) -> str:
    """Return a cell with every number replaced by 9, so that 2026-03-01 08:30 and 2026-3-1 8:05 are equal."""
    return _DIGIT.sub("9", cell.strip().strip('"'))[:40]


class RecordShapes:
    """The shapes of first and last cells of ordinary records, except shapes without a digit."""

    def __init__(self, ends: Iterable[tuple[str, str]], width: int) -> None:
        """`ends` are the first and last cells of ordinary records, `width` is their number of cells."""
        ends = [(cell_shape(first), cell_shape(last)) for first, last in ends]
        self._firsts = {first for first, _ in ends if "9" in first}
        self._lasts = {last for _, last in ends if "9" in last}
        self._width = width

    def is_record(self, cells: list[str]) -> bool:
        """Return whether the cells have the width and a shape of ordinary records."""
        return len(cells) == self._width > 1 and (
            cell_shape(cells[0]) in self._firsts or cell_shape(cells[-1]) in self._lasts
        )


def has_swallowed_records(lines: list[str], shapes: RecordShapes, cells_of: LineSplitter) -> bool:
    """Return whether a record with line ends includes other records because of a stray quote."""
    return any(shapes.is_record(cells_of(line)) for line in lines[1:])


class MalformedRecord(NamedTuple):
    """A record whose number of cells differs from the header's."""

    line: int
    cells: list[str]
    text: str


@dataclass(frozen=True)
class ParsedChunk:
    """The columns of a chunk's records, and the malformed records."""

    columns: dict[str, ArrowColumn]
    count: int
    line_numbers: Callable[[NDArray[np.int64]], list[int]]
    malformed: list[MalformedRecord]


def parse_chunk(
    chunk: Chunk, names: tuple[str, ...], column_names: list[str], delimiter: str, shapes: RecordShapes
) -> ParsedChunk:
    """Parse a chunk with Arrow; check only records of another width or with line ends one by one."""
    skipped: list[pyarrow.csv.InvalidRow] = []

    def skip(row: pyarrow.csv.InvalidRow) -> Literal["skip"]:
        skipped.append(row)
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
                column_types=dict.fromkeys(names, pa.large_string()),
                include_columns=column_names,
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return _parse_lines(chunk, names, column_names, delimiter)
    records = RecordIndex(chunk, delimiter, [row.number for row in skipped if row.number is not None])
    malformed = [
        record
        for row, line in zip(skipped, records.skipped_lines(), strict=True)
        for record in _split_record(row.text, line, delimiter)
    ]
    columns = {name: _combine_chunks(table.column(name)) for name in column_names}
    parsed = ParsedChunk(columns, table.num_rows, records.parsed_lines, malformed)
    has_line_ends = b'"' in chunk.data and chunk.data.count(b"\n") > table.num_rows + len(skipped)
    return _split_swallowed(parsed, records, shapes, delimiter) if has_line_ends else parsed


def _combine_chunks(column: Any) -> ArrowColumn:
    """Return a chunked column as one array."""
    array: ArrowColumn = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return array


def _split_swallowed(parsed: ParsedChunk, records: RecordIndex, shapes: RecordShapes, delimiter: str) -> ParsedChunk:
    """Split records that a stray quote made of several records. Cells with line ends are left as they are."""
    broken = records.has_several_lines(parsed.count)
    if not broken.any():
        return parsed
    malformed = list(parsed.malformed)
    for row in np.flatnonzero(broken):
        lines = records.parsed_text(int(row)).rstrip("\n").split("\n")
        if has_swallowed_records(lines, shapes, lambda line: split_line(line, delimiter)):
            malformed += _split_record("\n".join(lines), records.parsed_lines(np.array([row]))[0], delimiter)
        else:
            broken[row] = False
    is_whole, indexes = pa.array(~broken), np.flatnonzero(~broken)
    columns = {name: column.filter(is_whole) for name, column in parsed.columns.items()}
    return ParsedChunk(columns, len(indexes), lambda rows: parsed.line_numbers(indexes[rows]), malformed)


def _split_record(text: str, line: int, delimiter: str) -> list[MalformedRecord]:
    """Split a record of another width into its lines, because an unclosed quote may include complete lines."""
    lines = enumerate(text.split("\n"), start=line)
    return [
        MalformedRecord(number, split_line(record_text, delimiter), record_text)
        for number, record_text in lines
        if record_text.strip()
    ]


def split_line(line: str, delimiter: str) -> list[str]:
    """Split one line into cells. An unclosed quote is an ordinary character."""
    line = line.rstrip("\r\n")
    if line.count('"') % 2 or '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter), [""])
    except csv.Error:
        return line.split(delimiter)


def _parse_lines(chunk: Chunk, names: tuple[str, ...], column_names: list[str], delimiter: str) -> ParsedChunk:
    """Split a chunk that Arrow cannot parse, e.g. for invalid bytes, into lines."""
    text = chunk.data.decode("utf-8", "replace")
    malformed = [
        MalformedRecord(number, split_line(line, delimiter), line)
        for number, line in enumerate(text.split("\n"), start=chunk.line)
        if line.strip()
    ]
    empty: ArrowColumn = pa.array([], pa.large_string())
    return ParsedChunk(dict.fromkeys(column_names, empty), 0, lambda rows: [], malformed)
