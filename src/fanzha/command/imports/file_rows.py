"""Read rows of a submitted file: delimited text, workbook, JSON Lines, Parquet, or a map (GeoJSON, TopoJSON)."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from fanzha.base.child_process import ChildError, ChildLimits, ChildRefusal, stream_from_child
from fanzha.base.words import Words
from fanzha.command.imports import map_shapes, parquet_cells
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

NO_TABLE = Words("不是可读懂的表格", "this is not a readable table")
WIDTH = Words("列数与表头不符", "the number of columns differs from the header")
NO_OBJECT = Words("不是 JSON 对象", "it is no JSON object")
TOO_DEEP = Words("JSON 嵌套过深", "the JSON is nested too deeply")
BOMB = Words("展开后的数据远超文件大小", "it unpacks to far more than its size")
DAMAGED = Words("Parquet 文件不完整或已损坏", "the Parquet file is cut off or damaged")
LONG_ROW = Words("有一行过长", "one row is too long")
LONG_CELL = Words("有一个单元格过长", "one cell is too long")
PACKED = Words("请先解压 Parquet 文件", "unpack the Parquet file before you upload it")
_MAX_DEPTH = 64  # of a JSON row; `to_text` recurses, and Python versions differ in their recursion limits
_CELL_LIMIT = parquet_cells.MAX_CELL_CHARACTERS
_MAX_ROW_BYTES = 8_000_000
#: A Parquet file may unpack to so many bytes of text, and so many times its size.
_FREE_BYTES, _MAX_EXPANSION = 64 * 1024 * 1024, 300
#: A table of a whole country has tens of millions of rows.
_PARQUET_LIMITS = ChildLimits(cpu_seconds=1_800, wait_seconds=3_600)
_PARQUET_WORDS = {parquet_cells.LONG_CELL: LONG_CELL, parquet_cells.TOO_DEEP: TOO_DEEP}
_MAP_SUFFIXES = (".geojson", ".topojson")
_MAP_LIMITS = ChildLimits(memory_bytes=1024**3, cpu_seconds=60, wait_seconds=180)
_MAP_WORDS = {
    map_shapes.TOO_LARGE: Words("地图文件超过 20 MB", "the map is larger than 20 MB"),
    map_shapes.NO_MAP: Words(
        "不是 GeoJSON（FeatureCollection）或 TopoJSON 地图", "it is no GeoJSON (FeatureCollection) or TopoJSON map"
    ),
    map_shapes.OUT_OF_RANGE: Words(
        "坐标不是经纬度（经度 ±180，纬度 ±90）", "its coordinates are no degrees (longitude ±180, latitude ±90)"
    ),
    map_shapes.TOO_MANY: Words(
        "图形或顶点过多（最多 2,000 个图形、60 万个顶点）",
        "it has too many shapes or points (2,000 and 600,000 at most)",
    ),
    map_shapes.OPEN_RING: Words("有未闭合或顶点过少的边界", "a border is not closed or has too few points"),
}
_NAMES = msgspec.json.Decoder(list[str])
_ROWS = msgspec.json.Decoder(list[list[str]])


class FileRow(NamedTuple):
    """One row: its number in the file (from 1), and its cells by the column names of the file.

    `problem` is set, and `cells` empty, for a row that cannot be parsed.
    """

    number: int
    cells: Mapping[str, str]
    problem: Words | None = None


def column_names(path: Path) -> tuple[str, ...]:
    """Return the names of a file's columns. Raise UnreadableSource."""
    if path.suffix in _MAP_SUFFIXES:
        return map_shapes.COLUMNS
    source = _source(path)
    if source.format == "parquet":
        return _parquet_names(source)
    return _reader(source).preview(source, FileLayout()).names


def read_rows(path: Path) -> Iterator[FileRow]:
    """Yield the rows of a file. Raise UnreadableSource if it cannot be read to its end."""
    if path.suffix in _MAP_SUFFIXES:
        yield from _map_rows(path)
        return
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
        limited = _LimitedLines(text)
        lines = csv.reader(limited, delimiter=look.layout.delimiter or ",")
        try:
            for cells in lines:
                limited.characters = 0
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
            return FileRow(number, {str(name): parquet_cells.to_text(value) for name, value in record.items()})
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
    names, number = _parquet_names(source), 1
    for chunk in _read_parquet(source, parquet_cells.read_cells):
        for cells in _ROWS.decode(chunk):
            yield FileRow(number, dict(zip(names, cells, strict=True)))
            number += 1


def _map_rows(path: Path) -> Iterator[FileRow]:
    try:
        for number, chunk in enumerate(stream_from_child(_MAP_LIMITS, map_shapes.read_shapes, str(path.absolute())), 1):
            (cells,) = _ROWS.decode(chunk)
            yield FileRow(number, dict(zip(map_shapes.COLUMNS, cells, strict=True)))
    except ChildRefusal as refusal:
        raise UnreadableSource(_MAP_WORDS.get(refusal.reason, NO_TABLE)) from None
    except ChildError as error:
        raise UnreadableSource(error.words) from error


def _parquet_names(source: SourceFile) -> tuple[str, ...]:
    return tuple(name for chunk in _read_parquet(source, parquet_cells.read_names) for name in _NAMES.decode(chunk))


def _read_parquet(source: SourceFile, function: Callable[[str], Iterable[bytes]]) -> Iterator[bytes]:
    """Yield what a function of `parquet_cells` yields in a child process. Raise UnreadableSource."""
    if source.member:
        raise UnreadableSource(PACKED)
    max_bytes = _FREE_BYTES + _MAX_EXPANSION * source.size
    try:
        for chunk in stream_from_child(_PARQUET_LIMITS, function, str(source.path.absolute())):
            max_bytes -= len(chunk)
            if max_bytes < 0:
                raise UnreadableSource(BOMB)
            yield chunk
    except ChildRefusal as refusal:
        raise UnreadableSource(_PARQUET_WORDS.get(refusal.reason, DAMAGED)) from None
    except ChildError as error:
        raise UnreadableSource(error.words) from error


def _to_row(number: int, names: tuple[str, ...], cells: list[str]) -> FileRow:
    if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
        return FileRow(number, {}, WIDTH)
    return FileRow(number, {name: cell.strip() for name, cell in zip(names, cells, strict=False)})


def _encoding(name: str) -> str:
    return {"ascii": "utf-8-sig", "utf-8": "utf-8-sig"}.get(name, name)


class _LimitedLines:
    """The lines of a text. Raise UnreadableSource if those of one row, which quotes may join, are too long together."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.characters = 0  # since the last row

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.characters += len(line)
        if self.characters > _MAX_ROW_BYTES:
            raise UnreadableSource(LONG_ROW)
        return line


class _RawStream(io.RawIOBase):
    """Adapter from the stream of a source to Python's raw I/O interface.

    Reading raises UnreadableSource in a line that is too long to be held in memory.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._line_bytes = 0  # since the last line ending

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        end = data.rfind(b"\n")
        self._line_bytes = len(data) - end - 1 if end >= 0 else self._line_bytes + len(data)
        if self._line_bytes > _MAX_ROW_BYTES:
            raise UnreadableSource(LONG_ROW)
        return len(data)
