"""Read rows of a submitted file: delimited text, workbook, JSON Lines or Parquet."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from fanzha.base.words import Words
from fanzha.read import (
    FileLayout,
    RowReader,
    SourceFile,
    TableReader,
    UnreadableSource,
    all_readers,
    find_sources,
    open_stream,
)

NO_TABLE = Words("不是可读懂的表格", "it is no table that can be read")
WIDTH = Words("列数与表头不符", "it has another number of columns than the header")
NO_OBJECT = Words("不是 JSON 对象", "it is no JSON object")
TOO_DEEP = Words("JSON 嵌套过深", "the JSON is nested too deeply")
_BATCH = 20_000
_MAX_DEPTH = 64  # of a JSON row; `_text` recurses, and Python versions differ in their recursion limits
_CELL_LIMIT = 1_000_000


class FileRow(NamedTuple):
    """One row: its number in the file (from 1), and its cells by the column names of the file.

    `problem` is set, and `cells` empty, for a row that cannot be parsed.
    """

    number: int
    cells: Mapping[str, str]
    problem: Words | None = None


def column_names(path: Path) -> tuple[str, ...]:
    """Return the names of a file's columns. Raise UnreadableSource."""
    source = _source(path)
    return _reader(source).preview(source, FileLayout()).names


def read_rows(path: Path) -> Iterator[FileRow]:
    """Yield the rows of a file. Raise UnreadableSource if it cannot be read to its end."""
    source = _source(path)
    match source.format:
        case "delimited-text":
            yield from _delimited_rows(source)
        case "json":
            yield from _json_rows(source)
        case "parquet":
            yield from _parquet_rows(source)
        case _:
            yield from _workbook_rows(source)


def _source(path: Path) -> SourceFile:
    sources = find_sources([path])
    if len(sources) != 1 or sources[0].problem:
        raise UnreadableSource(sources[0].problem if sources and sources[0].problem else NO_TABLE)
    return sources[0]


def _reader(source: SourceFile) -> TableReader:
    reader = all_readers().get(source.format)
    if not isinstance(reader, TableReader):
        raise UnreadableSource(NO_TABLE)
    return reader


def _delimited_rows(source: SourceFile) -> Iterator[FileRow]:
    look = _reader(source).preview(source, FileLayout())
    csv.field_size_limit(_CELL_LIMIT)
    with open_stream(source.path, source.member) as stream:
        text = io.TextIOWrapper(
            io.BufferedReader(_RawStream(stream)),
            encoding=_encoding(look.layout.encoding),
            errors="replace",
            newline="",
        )
        lines = csv.reader(text, delimiter=look.layout.delimiter or ",")
        try:
            for cells in lines:
                if lines.line_num > (look.layout.header or 0) and any(cell.strip() for cell in cells):
                    yield _to_row(lines.line_num, look.names, cells)
        except csv.Error:
            raise UnreadableSource(NO_TABLE, lines.line_num) from None


def _workbook_rows(source: SourceFile) -> Iterator[FileRow]:
    reader = _reader(source)
    if not isinstance(reader, RowReader):
        raise UnreadableSource(NO_TABLE)
    look = reader.preview(source, FileLayout())
    for number, cells in reader.iter_rows(source, FileLayout()):
        if number > (look.layout.header or 0):
            yield _to_row(number, look.names, cells)


def _json_rows(source: SourceFile) -> Iterator[FileRow]:
    with open_stream(source.path, source.member) as stream:
        for number, line in enumerate(io.BufferedReader(_RawStream(stream)), start=1):
            if line.strip():
                yield _json_row(number, line)


def _json_row(number: int, line: bytes) -> FileRow:
    try:
        record = json.loads(line)
        if line.count(b"[") + line.count(b"{") > _MAX_DEPTH and _is_deeper(record, _MAX_DEPTH):
            return FileRow(number, {}, TOO_DEEP)
        if isinstance(record, dict):
            return FileRow(number, {str(name): _text(value) for name, value in record.items()})
    except RecursionError:  # in the parser, or in `str` of an object
        return FileRow(number, {}, TOO_DEEP)
    except ValueError:
        pass
    return FileRow(number, {}, NO_OBJECT)


def _is_deeper(value: Any, levels: int) -> bool:
    """Return whether lists and objects are nested in more than `levels` levels."""
    if not isinstance(value, (dict, list)):
        return False
    children = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(child, levels - 1) for child in children)


def _parquet_rows(source: SourceFile) -> Iterator[FileRow]:
    _reader(source).preview(source, FileLayout())  # refuses what is damaged, or a bomb
    number = 1
    with pq.ParquetFile(source.path) as file:
        for batch in file.iter_batches(_BATCH):
            for record in batch.to_pylist():
                yield FileRow(number, {name: _text(value) for name, value in record.items()})
                number += 1


def _to_row(number: int, names: tuple[str, ...], cells: list[str]) -> FileRow:
    if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
        return FileRow(number, {}, WIDTH)
    return FileRow(number, {name: cell.strip() for name, cell in zip(names, cells, strict=False)})


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(_text(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value).strip()


def _encoding(name: str) -> str:
    return {"ascii": "utf-8-sig", "utf-8": "utf-8-sig"}.get(name, name)


class _RawStream(io.RawIOBase):
    """Adapter from the stream of a source to Python's raw I/O interface."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
