"""Read a small table of an operator, such as a list of cases, as text cells under its own headers."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.text import normalise_text, to_text
from fanzha.read._convert.times import parse_timestamps
from fanzha.read._convert.zone import Zone
from fanzha.read._map.column_map import HOME_ZONE, ColumnMap, FileLayout
from fanzha.read._map.targets import CALLS
from fanzha.read._propose.cell_fit import DATE_ONLY
from fanzha.read._propose.headers import fold_header
from fanzha.read._reader import Reader, SourceFile
from fanzha.read._rejects import Reject, UnreadableSource
from fanzha.read._table_reader import TableReader

MAX_ROWS = 1_000_000
_FIX = "give CSV in UTF-8 or GB 18030, or an Excel workbook, with a header line"


class CellTable(NamedTuple):
    """The rows of a table: cells by header (null for an empty one), row numbers in the file, and rows not read."""

    cells: pa.Table
    rows: NDArray[np.int64]
    rejects: tuple[Reject, ...]
    notes: tuple[Words, ...]


class LocalMoments(NamedTuple):
    """Times of a column: UTC ms (0 where there is none), which rows hold one, and which of these are a date alone."""

    times: NDArray[np.int64]
    valid: NDArray[np.bool_]
    date_only: NDArray[np.bool_]


def read_cells(source: SourceFile, reader: Reader | None) -> CellTable:
    """Read all cells of a table. Raise UsageError if it is none or has too many rows."""
    if source.problem is not None or not isinstance(reader, TableReader):
        why = source.problem.en if source.problem else "it is not a table"
        raise UsageError(f"{source.name}: {why}", fix=_FIX)
    try:
        preview = reader.preview(source, FileLayout(complete=True))
        # One event column that is filled from all columns, so that the reader returns every cell.
        every = ColumnMap(table=CALLS, columns={"caller": preview.names}, file=preview.layout)
        parts, numbers, rejects, count = [], list[int](), list[Reject](), 0
        for rows in reader.read_rows(source, preview, every):
            rejects += rows.rejects
            if rows.count:
                parts.append(pa.table({name: normalise_text(to_text(rows.columns[name])) for name in preview.names}))
                numbers += rows.row_numbers(np.arange(rows.count))
            count += rows.count
            if count > MAX_ROWS:
                raise UsageError(f"{source.name}: more than {MAX_ROWS:,} rows", fix="give a smaller table")
    except UnreadableSource as error:
        raise UsageError(f"{source.name}: {error.words.en}", fix=_FIX) from None
    empty = pa.table({name: pa.array([], pa.large_string()) for name in preview.names})
    cells = pa.concat_tables(parts).combine_chunks() if parts else empty
    return CellTable(cells, np.array(numbers, np.int64), tuple(rejects), preview.notes)


def parse_moments(column: "pa.ChunkedArray[Any]", zone: str = HOME_ZONE) -> LocalMoments:
    """Parse a column of times; those without a zone are local to `zone`. Invalid cells have no time."""
    text = normalise_text(column.combine_chunks())
    parsed = parse_timestamps(text, "auto", Zone(zone), 0).values
    valid = parsed.is_valid().to_numpy(zero_copy_only=False)
    times = pc.fill_null(parsed, 0).to_numpy(zero_copy_only=False)
    date_only = pc.fill_null(pc.match_substring_regex(text, DATE_ONLY), False).to_numpy(zero_copy_only=False)
    return LocalMoments(times, valid, date_only & valid)


def find_header(names: Iterable[str], aliases: Iterable[str]) -> str | None:
    """Return the header that is one of the aliases, in their order; case, spaces, punctuation and brackets differ."""
    by_folded = {fold_header(name): name for name in reversed(list(names))}
    return next((by_folded[folded] for alias in aliases if (folded := fold_header(alias)) in by_folded), None)
