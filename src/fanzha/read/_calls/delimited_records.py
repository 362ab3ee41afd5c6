"""Parse delimited call record files, with a header or with fixed column positions."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import RecordLine
from fanzha.read._calls.record import CallRecord, InvalidRecord, UnfinishedRecord
from fanzha.read._chunks import split_chunks
from fanzha.read._delimited.parser import split_line
from fanzha.read._encoding import Utf8Decoder
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import SourceFile
from fanzha.read._stream import is_gzip, open_stream

NOT_A_RECORD = Words("不是该格式的话单", "not a record of this format")
TOO_LONG = Words("一行超过 16 MB", "the line is longer than 16 MB")
_DELIMITERS = ",\t;|"

RecordBuilder = Callable[[int, dict[str, str]], CallRecord | None]


class TextLine(NamedTuple):
    """One line of a file. A too long line is empty; `position` is in bytes of the file."""

    number: int
    text: str
    position: int
    is_unfinished: bool = False  # the last line of a file that may grow, without a line end


def read_lines(source: SourceFile, layout: FileLayout) -> Iterator[TextLine]:
    """Yield every line that is not blank."""
    may_grow = not (source.member or layout.complete or is_gzip(source.path))
    with open_stream(source.path, source.member) as stream:
        for chunk in split_chunks(Utf8Decoder(stream, layout.encoding).read_blocks(), quotes=False):
            if chunk.too_long:
                yield TextLine(chunk.line, "", stream.position)
                continue
            *lines, last = chunk.data.decode("utf-8", "replace").split("\n")
            for number, line in enumerate(lines, start=chunk.line):
                if line and not line.isspace():
                    yield TextLine(number, line.rstrip("\r"), stream.position)
            if last and not last.isspace():
                yield TextLine(chunk.line + len(lines), last.rstrip("\r"), stream.position, may_grow)


def parse_records(
    source: SourceFile,
    layout: FileLayout,
    columns_of: Callable[[list[str]], tuple[str, ...] | None],
    is_header: Callable[[list[str]], bool],
    build: RecordBuilder,
    clean: Callable[[str], str] = str,
) -> Iterator[RecordLine]:
    """Yield the records of a delimited text. The header names the columns, else `columns_of` does."""
    header, delimiter = layout.names, layout.delimiter
    for number, line, position, is_unfinished in read_lines(source, layout):
        if is_unfinished:
            yield RecordLine(number, UnfinishedRecord(), position)
            continue
        delimiter = delimiter or next(
            (candidate for candidate in _DELIMITERS if is_header(split_line(line, candidate))), ","
        )
        cells = split_line(clean(line), delimiter)
        names = header if header and len(cells) <= len(header) else columns_of(cells)
        if (names is None or cells[0].strip('"\ufeff ').lower() == names[0]) and is_header(cells):
            header = tuple(cell.strip().strip('"\ufeff').lower() for cell in cells)
        elif names is None or not line:
            reason = NOT_A_RECORD if line else TOO_LONG
            yield RecordLine(number, InvalidRecord("", line[:200], *reason), position)
        else:
            yield RecordLine(number, build_record(number, dict(zip(names, cells, strict=False)), build), position)


def build_record(number: int, cells: dict[str, str], build: RecordBuilder) -> CallRecord | InvalidRecord | None:
    """Build a record; return InvalidRecord instead of raising it."""
    try:
        return build(number, cells)
    except InvalidRecord as refused:
        return refused
