"""Rows of call record files that are delimited texts: with a header, or with columns told by their place."""

from collections.abc import Callable, Iterator

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import Line
from fanzha.read._calls.record import Record, Refused
from fanzha.read._chunks import chunks
from fanzha.read._delimited.parse import cells_of
from fanzha.read._encoding import Utf8
from fanzha.read._map.column_map import Layout
from fanzha.read._opening import opened
from fanzha.read._reader import Source

NOT_A_RECORD = Words("不是该格式的话单", "not a record of this format")
TOO_LONG = Words("一行超过 16 MB", "the line is longer than 16 MB")
_SIGNS = ",\t;|"

Build = Callable[[int, dict[str, str]], Record | None]


def text_lines(source: Source, layout: Layout) -> Iterator[tuple[int, str, int]]:
    """Yield (line number, line, bytes taken) of every line with something on it; "" stands for one far too long."""
    with opened(source.path, source.member) as stream:
        for chunk in chunks(Utf8(stream, layout.encoding).blocks(), quotes=False):
            if chunk.too_long:
                yield chunk.line, "", stream.position
                continue
            for number, line in enumerate(chunk.data.decode("utf-8", "replace").split("\n"), start=chunk.line):
                if line and not line.isspace():
                    yield number, line.rstrip("\r"), stream.position


def named_rows(
    source: Source,
    layout: Layout,
    columns_of: Callable[[list[str]], tuple[str, ...] | None],
    is_header: Callable[[list[str]], bool],
    build: Build,
    plain: Callable[[str], str] = str,
) -> Iterator[Line]:
    """Yield the records of a delimited text; a header, where there is one, names the columns."""
    header, sign = layout.names, layout.delimiter
    for number, line, position in text_lines(source, layout):
        sign = sign or next((one for one in _SIGNS if is_header(cells_of(line, one))), ",")
        cells = cells_of(plain(line), sign)
        names = header if header and len(cells) <= len(header) else columns_of(cells)
        if (names is None or cells[0].strip('"\ufeff ').lower() == names[0]) and is_header(cells):
            header = tuple(cell.strip().strip('"\ufeff').lower() for cell in cells)
        elif names is None or not line:
            why = NOT_A_RECORD if line else TOO_LONG
            yield Line(number, Refused("", line[:200], *why), position)
        else:
            yield Line(number, built(number, dict(zip(names, cells, strict=False)), build), position)


def built(number: int, cells: dict[str, str], build: Build) -> Record | Refused | None:
    """Return what a row became."""
    try:
        return build(number, cells)
    except Refused as refused:
        return refused
