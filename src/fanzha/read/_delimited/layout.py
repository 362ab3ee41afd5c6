"""Find out how a delimited text is written: encoding, delimiter, title lines, header, width."""

import csv
import io
import re
from collections import Counter

import pyarrow as pa

from fanzha.read._encoding import first_lines, guess
from fanzha.read._map.column_map import Layout
from fanzha.read._propose.headers import folded, is_header, known_headers
from fanzha.read._table_reader import Look

DELIMITERS = (",", "\t", "|", ";", "\x01", "^", "~")
#: Columns kept apart by two or more spaces, as reports print them.
ALIGNED = "  "
IN_PLACE_OF_SPACES = "\x01"
MOST_COLUMNS = 4_096
_SAMPLE_LINES = 400
_SPACES = re.compile(rb"[ \t]{2,}")
_CELL_LIMIT = 16 * 1024 * 1024


def find_layout(data: bytes, layout: Layout, *, whole: bool) -> Look | None:
    """Return the look of a text's beginning; what `layout` says is taken for true. None: there is nothing in it."""
    encoding = layout.encoding or guess(data)
    lines = first_lines(data, encoding, whole=whole)[:_SAMPLE_LINES]
    if not any(line.strip() for line in lines):
        return None
    delimiter = layout.delimiter or _delimiter(lines)
    if delimiter == ALIGNED:
        lines = [aligned(line.encode()).decode() for line in lines]
    rows = split(lines, IN_PLACE_OF_SPACES if delimiter == ALIGNED else delimiter)
    header, names = named_columns(rows, layout)
    sample = [cells for line, cells in rows if line > header and len(cells) == len(names)]
    columns = {
        name: pa.array([cells[index] for cells in sample], pa.large_string()) for index, name in enumerate(names)
    }
    found = Layout(encoding=encoding, delimiter=delimiter, header=header, names=layout.names)
    return Look(names, columns, found, about="\n".join(lines[: max(0, header - 1)]))


def _delimiter(lines: list[str]) -> str:
    """Choose the delimiter under which most lines have the same, and more than one, number of cells."""

    def fitness(delimiter: str) -> float:
        widths = Counter(len(cells) for _, cells in split(lines, delimiter))
        wide = {width: count for width, count in widths.items() if width > 1}
        if not wide:
            return 0.0
        width, count = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
        return count / widths.total() + min(width, 20) / 1_000 + 0.1 * _has_header(split(lines[:20], delimiter))

    best = max(DELIMITERS, key=fitness)
    if fitness(best) > 0.3:
        return best
    spaced = split([aligned(line.encode()).decode() for line in lines[:20]], IN_PLACE_OF_SPACES)
    return ALIGNED if _has_header(spaced) else ","


def _has_header(rows: list[tuple[int, list[str]]]) -> bool:
    return any(len(cells) > 2 and sum(folded(cell) in known_headers() for cell in cells) > 1 for _, cells in rows)


def aligned(text: bytes) -> bytes:
    """Put one sign where two or more spaces keep columns apart."""
    return _SPACES.sub(IN_PLACE_OF_SPACES.encode(), text)


def split(lines: list[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """Return (line number of its last line, cells) of every record that is not blank."""
    csv.field_size_limit(_CELL_LIMIT)
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    found = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, cells))
    except csv.Error:
        pass  # a cell beyond the limit: what came before it is sample enough
    return found


def named_columns(rows: list[tuple[int, list[str]]], layout: Layout) -> tuple[int, tuple[str, ...]]:
    """Return (line of the header, names of the columns) of numbered first rows; line 0 when there is no header."""
    return _header(rows, len(layout.names) or _width([cells for _, cells in rows]), layout)


def _width(rows: list[list[str]]) -> int:
    """Return the usual number of columns, without the empty ones that a delimiter at the end of lines makes."""
    usual = Counter(len(cells) for cells in rows).most_common(1)[0][0] if rows else 1
    return min(usual, MOST_COLUMNS)


def _header(rows: list[tuple[int, list[str]]], width: int, layout: Layout) -> tuple[int, tuple[str, ...]]:
    """Return (line of the header, names of the columns); line 0 when the file has none."""
    if layout.names:
        return layout.header or 0, layout.names
    for line, cells in rows[:40]:
        if layout.header == line or (
            layout.header is None and _bare(cells) <= width <= len(cells) and is_header(cells)
        ):
            return line, _distinct(cells)
        if layout.header is None and len(cells) == width and 2 * sum(bool(cell.strip()) for cell in cells) > width:
            break  # the first full line is no header: there is none
    return 0, tuple(f"column_{number}" for number in range(1, width + 1))


def _bare(cells: list[str]) -> int:
    return len(cells) - next((index for index, cell in enumerate(reversed(cells)) if cell.strip()), len(cells))


def _distinct(cells: list[str]) -> tuple[str, ...]:
    """Return names nobody has to guess at: trimmed, numbered when empty or twice there."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.strip().strip("'\"\ufeff").split()) or f"column_{number}"
        names.append(name if name not in names else f"{name}_{number}")
    return tuple(names)
