"""Read a growing text piece by piece: each piece is the head of the text with its next whole records."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pyarrow as pa

from fanzha.analyze.watch.reorder_buffer import join_batches
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.read import (
    EventBatch,
    ReadContext,
    Reject,
    SourceFile,
    TableReader,
    all_readers,
    detect_encoding,
    find_record_end,
    find_sources,
    inspect_source,
    read_batches,
)
from fanzha.store.private_files import create_private_folder, write_private_file

LINE_FORMATS = ("delimited-text", "json")  # formats with one event a record, which can be read in pieces
#: Encodings in which a byte 10 is always a line end.
_LINE_ENCODINGS = ("utf-8", "utf-8-sig", "utf8", "ascii", "gb18030", "gbk", "gb2312", "big5", "big5hkscs", "cp1252")
UNSURE = Words(
    "列含义拿不准，暂不读取；请运行 fanzha read --write 生成映射并回答问题",
    "what its columns mean is not sure, so it is not read: write a map with `fanzha read --write` and answer it",
)


class UnsureMap(Exception):
    """A text has no map, and the proposed one is not sure; `words` say what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True)
class TextLayout:
    """How the pieces of a text are read: a source with its map, and the lines that stand above the first record."""

    source: SourceFile
    head: bytes
    head_lines: int
    quotes: bool  # a line end between quotes does not end a record

    def find_end(self, data: bytes) -> int:
        """Return the position after the last whole record of `data`, or 0."""
        return find_record_end(data, quotes=self.quotes)


def resolve_layout(source: SourceFile, head: bytes, context: ReadContext, maps: Path) -> TextLayout | None:
    """Return the layout of a text by its first whole lines; None if it must be read as a whole.

    A text without a map gets the proposed one if that is sure. It is stored in the folder `maps` and used for all
    texts with the same columns. Raise UnsureMap if it is not sure, UnreadableSource if the text cannot be read.
    """
    reader = all_readers()[source.format]
    if source.format not in LINE_FORMATS or not isinstance(reader, TableReader) or not _has_lines(source, head):
        return None
    if source.map is None:
        source = _with_stored_map(source, reader, context, maps)
    preview, map_, *_ = reader.resolve_map(source)
    file = msgspec.structs.replace(preview.layout, complete=True, sheet=map_.file.sheet)
    if source.format == "json":
        sources = [map_.column_source(target) for target in map_.columns]
        names = tuple(name for source_column in sources if source_column for name in source_column.names)
        file = msgspec.structs.replace(map_.file, complete=True, names=names)  # a piece may lack optional keys
    head_lines = (preview.layout.header or 0) if source.format == "delimited-text" else 0
    position = 0
    for _ in range(head_lines):
        position = _end_of_line(head, position)
    map_ = msgspec.structs.replace(map_, file=file, source=map_.source)
    quotes = source.format == "delimited-text" and preview.layout.delimiter != "\x01"
    return TextLayout(replace(source, map=map_), head[:position], head_lines, quotes)


def read_piece(
    layout: TextLayout, data: bytes, lines_before: int, context: ReadContext, folder: Path
) -> tuple[dict[str, pa.RecordBatch], tuple[Reject, ...]]:
    """Return events and rejects of whole records that follow `lines_before` lines of the text.

    The piece is written into `folder`, because readers read files. Rejects name the rows of the whole text.
    """
    path = create_private_folder(folder) / layout.source.path.name
    path.write_bytes(layout.head + data)
    piece = replace(layout.source, path=path, size=len(layout.head) + len(data))
    try:
        tables, rejects = merge_batches(read_batches(piece, context))
    finally:
        path.unlink()
    shift = lines_before - layout.head_lines
    return tables, tuple(_move_reject(reject, layout.source.name, shift) for reject in rejects)


def merge_batches(batches: Iterable[EventBatch]) -> tuple[dict[str, pa.RecordBatch], tuple[Reject, ...]]:
    """Return the events of consecutive batches by table, and their rejects."""
    parts: dict[str, list[pa.RecordBatch]] = {}
    rejects: list[Reject] = []
    for batch in batches:
        rejects += batch.rejects
        for table, events in batch.tables.items():
            parts.setdefault(table, []).append(events)
    return {table: join_batches(events) for table, events in parts.items()}, tuple(rejects)


def _move_reject(reject: Reject, name: str, shift: int) -> Reject:
    return msgspec.structs.replace(reject, file=name, row=reject.row + shift if reject.row else 0)


def _has_lines(source: SourceFile, head: bytes) -> bool:
    """Return whether every line end of a text is a byte 10, and JSON has one object a line."""
    encoding = (source.map.file.encoding if source.map else "") or detect_encoding(head)
    if source.member or head.startswith(b"\x1f\x8b") or encoding.lower().replace("_", "-") not in _LINE_ENCODINGS:
        return False
    if source.format != "json":
        return True
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0].strip()
    try:
        return isinstance(msgspec.json.decode(first), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _with_stored_map(source: SourceFile, reader: TableReader, context: ReadContext, maps: Path) -> SourceFile:
    """Return a source without a map with the one stored for its columns, or with a sure proposal, which is stored."""
    inspection = inspect_source(source, context, rows=1_000)
    names = [column.theirs for column in inspection.columns]
    path = maps / f"{digest(source.format, source.table, *names)}.toml"
    if not path.exists():
        if inspection.problem is not None:
            raise UnsureMap(inspection.problem)
        if inspection.questions:
            raise UnsureMap(UNSURE)
        write_private_file(path, inspection.toml.encode())
    (stored,) = find_sources([source.path], map_file=path, table=source.table)
    return stored


def _end_of_line(data: bytes, start: int) -> int:
    """Return the position after the next line end. Raise IndexError if there is none."""
    end = data.find(b"\n", start)
    if end < 0:
        raise IndexError(start)
    return end + 1
