"""Detect the layout of a delimited text: encoding, delimiter, title lines, header, width."""

import csv
import io
import re
from collections import Counter

import msgspec
import pyarrow as pa

from fanzha.read._encoding import decode_first_lines, detect_encoding
from fanzha.read._map.column_map import FileLayout
from fanzha.read._propose.headers import fold_header, is_header, recognised_headers
from fanzha.read._table_reader import TablePreview

DELIMITERS = (",", "\t", "|", ";", "\x01", "^", "~")
#: The delimiter of printed reports: two or more spaces.
ALIGNED = "  "
SPACES_REPLACEMENT = "\x01"
MAX_COLUMNS = 4_096
_SAMPLE_LINES = 400
_SPACES = re.compile(rb"[ \t]{2,}")
_CELL_LIMIT = 16 * 1024 * 1024


def detect_layout(data: bytes, layout: FileLayout, *, whole: bool) -> TablePreview | None:
    """Return the preview of a text, or None if it is blank. Settings in `layout` override detection."""
    encoding = layout.encoding or detect_encoding(data)
    lines = decode_first_lines(data, encoding, whole=whole)[:_SAMPLE_LINES]
    if not any(line.strip() for line in lines):
        return None
    delimiter = layout.delimiter or _detect_delimiter(lines)
    if delimiter == ALIGNED:
        lines = [collapse_spaces(line.encode()).decode() for line in lines]
    rows = split_lines(lines, SPACES_REPLACEMENT if delimiter == ALIGNED else delimiter)
    header, names = find_columns(rows, layout)
    sample = [cells for line, cells in rows if line > header and len(cells) == len(names)]
    columns = {
        name: pa.array([cells[index] for cells in sample], pa.large_string()) for index, name in enumerate(names)
    }
    file_layout = FileLayout(encoding=encoding, delimiter=delimiter, header=header, names=layout.names)
    file_layout = msgspec.structs.replace(file_layout, complete=layout.complete)
    return TablePreview(names, columns, file_layout, preamble="\n".join(lines[: max(0, header - 1)]))


def _detect_delimiter(lines: list[str]) -> str:
    """Choose the delimiter that splits most lines into the same number of cells, more than one."""

    def fitness(delimiter: str) -> float:
        widths = Counter(len(cells) for _, cells in split_lines(lines, delimiter))
        wide = {width: count for width, count in widths.items() if width > 1}
        if not wide:
            return 0.0
        width, count = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
        return count / widths.total() + min(width, 20) / 1_000 + 0.1 * _has_header(split_lines(lines[:20], delimiter))

    best = max(DELIMITERS, key=fitness)
    if fitness(best) > 0.3:
        return best
    spaced = split_lines([collapse_spaces(line.encode()).decode() for line in lines[:20]], SPACES_REPLACEMENT)
    return ALIGNED if _has_header(spaced) else ","


def _has_header(rows: list[tuple[int, list[str]]]) -> bool:
    return any(
        len(cells) > 2 and sum(fold_header(cell) in recognised_headers() for cell in cells) > 1 for _, cells in rows
    )


def collapse_spaces(text: bytes) -> bytes:
    """Replace each run of two or more spaces by one delimiter character."""
    return _SPACES.sub(SPACES_REPLACEMENT.encode(), text)


def split_lines(lines: list[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """Return (number of its last line, cells) of every record that is not blank."""
    csv.field_size_limit(_CELL_LIMIT)
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
    except csv.Error:
        pass  # a cell is too long: use the rows before it
    return rows


def find_columns(rows: list[tuple[int, list[str]]], layout: FileLayout) -> tuple[int, tuple[str, ...]]:
    """Return (line of the header, column names) of numbered first rows. The line is 0 if there is no header."""
    return _find_header(rows, len(layout.names) or _usual_width([cells for _, cells in rows]), layout)


def _usual_width(rows: list[list[str]]) -> int:
    """Return the most frequent number of cells."""
    width = Counter(len(cells) for cells in rows).most_common(1)[0][0] if rows else 1
    return min(width, MAX_COLUMNS)


def _find_header(rows: list[tuple[int, list[str]]], width: int, layout: FileLayout) -> tuple[int, tuple[str, ...]]:
    """Return (line of the header, column names). The line is 0 if the file has no header."""
    if layout.names:
        return layout.header or 0, layout.names
    for line, cells in rows[:40]:
        if layout.header == line or (
            layout.header is None and _width_without_blanks(cells) <= width <= len(cells) and is_header(cells)
        ):
            return line, _unique_names(cells)
        if layout.header is None and len(cells) == width and 2 * sum(bool(cell.strip()) for cell in cells) > width:
            break  # the first complete line is data: there is no header
    return 0, tuple(f"column_{number}" for number in range(1, width + 1))


def _width_without_blanks(cells: list[str]) -> int:
    return len(cells) - next((index for index, cell in enumerate(reversed(cells)) if cell.strip()), len(cells))


def _unique_names(cells: list[str]) -> tuple[str, ...]:
    """Return trimmed column names. Empty and repeated ones get a number."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.strip().strip("'\"\ufeff").split()) or f"column_{number}"
        names.append(name if name not in names else f"{name}_{number}")
    return tuple(names)
