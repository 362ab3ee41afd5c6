"""CSV and similar delimited texts (tab, |, ;) in any encoding, with title lines, totals, stray quotes, short lines."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._chunks import UNFINISHED, Chunk, find_record_end, split_chunks
from fanzha.read._convert.rows import RawRows, lookup_numbers
from fanzha.read._delimited.layout import ALIGNED, SPACES_REPLACEMENT, collapse_spaces, detect_layout
from fanzha.read._delimited.parser import RecordShapes, has_swallowed_records, parse_chunk, split_line
from fanzha.read._encoding import Utf8Decoder, detect_encoding
from fanzha.read._map.column_map import ColumnMap, FileLayout
from fanzha.read._map.targets import target_columns
from fanzha.read._reader import HEAD_BYTES, FileHead, SourceFile
from fanzha.read._rejects import Reject, UnreadableSource, make_reject
from fanzha.read._stream import is_gzip, open_stream
from fanzha.read._table_reader import TablePreview, TableReader, list_needed_columns

EMPTY = Words("空文件", "an empty file")
TOO_LONG = Words("一行超过 16 MB", "the line is longer than 16 MB")
WIDTH = Words("列数不符：有 {cells} 列，表头有 {names} 列", "it has {cells} columns, the header has {names}")


#: Numbers of so many digits that all have one length are of a fixed length.
_FIXED_DIGITS = 6


class DelimitedText(TableReader):
    """Text tables with a delimiter."""

    name = "delimited-text"
    title = Words("分隔符文本（CSV、TSV 等）", "delimited text (CSV, TSV, …)")

    def recognise(self, head: FileHead) -> float:
        """Check that a header with several columns is found, or that the suffix is one of a delimited text."""
        encoding = detect_encoding(head.data)
        if not encoding or head.data.lstrip()[:1] in (b"{", b"["):
            return 0.0
        has_suffix = head.name.endswith((".csv", ".tsv", ".dat", ".psv"))
        preview = detect_layout(head.data, FileLayout(encoding=encoding), whole=head.whole)
        return (
            0.5 if preview is not None and len(preview.names) > 1 else 0.3 if has_suffix and head.data.strip() else 0.0
        )

    def preview(self, source: SourceFile, layout: FileLayout) -> TablePreview:
        """Detect encoding, delimiter and header; return them with sample rows."""
        with open_stream(source.path, source.member) as stream:
            data = stream.read(HEAD_BYTES)
        if not data.strip():
            raise UnreadableSource(EMPTY)
        preview = detect_layout(data, layout, whole=len(data) < HEAD_BYTES)
        if preview is None:
            raise UnreadableSource(EMPTY)
        return preview

    def read_rows(self, source: SourceFile, preview: TablePreview, map_: ColumnMap) -> Iterator[RawRows]:
        """Yield the cells of the needed columns, chunk by chunk."""
        columns = list_needed_columns(preview, map_)
        skipped_lines = preview.layout.header or 0
        shapes = _learn_shapes(preview)
        may_grow = not (source.member or preview.layout.complete or is_gzip(source.path))
        with open_stream(source.path, source.member) as stream:
            text = Utf8Decoder(stream, preview.layout.encoding)
            for chunk in split_chunks(text.read_blocks(), quotes=preview.layout.delimiter != "\x01"):
                if skipped_lines:
                    chunk, skipped_lines = _drop_lines(chunk, skipped_lines)
                if chunk.too_long:
                    rejected = make_reject(source.name, chunk.line, "", TOO_LONG)
                    yield RawRows({}, 0, lambda _: [], (rejected,), stream.position)
                elif chunk.data.strip():
                    if may_grow and not chunk.data.endswith(b"\n"):
                        chunk, is_unfinished = _drop_unfinished(chunk, preview, shapes)
                        if is_unfinished:
                            yield RawRows({}, 0, lambda _: [], (), stream.position, (UNFINISHED,), waiting=1)
                    if preview.layout.delimiter == ALIGNED:
                        chunk = Chunk(collapse_spaces(chunk.data), chunk.line)
                    yield from _read_chunk(source, preview, columns, map_, shapes, chunk, stream.position)


READER = DelimitedText()


def _drop_lines(chunk: Chunk, count: int) -> tuple[Chunk, int]:
    """Drop the first `count` lines; return the chunk and the number of lines still to drop from the next one."""
    position = 0
    for number in range(count):
        end = chunk.data.find(b"\n", position)
        if end < 0:
            return Chunk(b"", chunk.line), count - number - 1
        position = end + 1
    return Chunk(chunk.data[position:], chunk.line + count, chunk.too_long), 0


def _drop_unfinished(chunk: Chunk, preview: TablePreview, shapes: RecordShapes) -> tuple[Chunk, bool]:
    """Return the last chunk of a file without its last record, unless that record is certainly complete.

    It is if it has all cells and the last one is quoted, or as long as the last cells of all other rows are. Short
    numbers are never certain: 12 may be the beginning of 120.
    """
    start = _find_last_record(chunk.data, preview.layout.delimiter, shapes)
    record = chunk.data[start:].decode("utf-8", "replace")
    cells = split_line(record, preview.layout.delimiter)
    if not record.strip() or (
        len(cells) == len(preview.names)
        and ((record.endswith('"') and record.count('"') % 2 == 0) or _is_as_long_as_others(cells[-1], preview))
    ):
        return chunk, False
    return Chunk(chunk.data[:start], chunk.line, chunk.too_long), True


def _is_as_long_as_others(cell: str, preview: TablePreview) -> bool:
    lengths = {len(other or "") for other in preview.sample[preview.names[-1]].to_pylist()}
    is_number = cell.replace(".", "").isdecimal()
    return (
        len(preview.sample[preview.names[-1]]) > 1
        and lengths == {len(cell)}
        and (len(cell) >= _FIXED_DIGITS or not is_number)
    )


def _find_last_record(data: bytes, delimiter: str, shapes: RecordShapes) -> int:
    """Return where the last record begins: after the last line end outside quotes, or, if a stray quote includes
    other records, after the last line end."""
    start = find_record_end(data, quotes=delimiter != "\x01")
    lines = data[start:].decode("utf-8", "replace").split("\n")
    if len(lines) > 1 and has_swallowed_records(lines, shapes, lambda line: split_line(line, delimiter)):
        return data.rfind(b"\n") + 1
    return start


def _read_chunk(
    source: SourceFile,
    preview: TablePreview,
    columns: list[str],
    map_: ColumnMap,
    shapes: RecordShapes,
    chunk: Chunk,
    position: int,
) -> Iterator[RawRows]:
    delimiter = SPACES_REPLACEMENT if preview.layout.delimiter == ALIGNED else preview.layout.delimiter
    parsed = parse_chunk(chunk, preview.names, columns, delimiter, shapes)
    rejects: list[Reject] = []
    repaired: dict[int, list[str]] = {}
    content_index = _find_content_index(preview.names, map_)
    min_cells = 1 + preview.names.index(columns[-1])
    for line, cells, text in parsed.malformed:
        fitted_cells = fit_record(cells, len(preview.names), content_index, min_cells, delimiter)
        if fitted_cells is None:
            reason = WIDTH.format(cells=len(cells), names=len(preview.names))
            rejects.append(make_reject(source.name, line, "", reason, "" if content_index is not None else text))
        else:
            repaired[line] = fitted_cells
    yield RawRows(parsed.columns, parsed.count, parsed.line_numbers, tuple(rejects), position)
    if repaired:
        lines = np.fromiter(repaired, np.int64, len(repaired))
        index_by_name = {name: index for index, name in enumerate(preview.names)}
        cells_by_name = {
            name: pa.array([cells[index_by_name[name]] for cells in repaired.values()], pa.large_string())
            for name in columns
        }
        yield RawRows(cells_by_name, len(repaired), lookup_numbers(lines), (), position)


def _find_content_index(names: tuple[str, ...], map_: ColumnMap) -> int | None:
    """Return the index of the only content column, whose cells may hold unquoted delimiters, or None."""
    content_columns = [
        source.names[0]
        for target in map_.columns
        if target_columns(map_.table)[target].content and (source := map_.column_source(target))
    ]
    return names.index(content_columns[0]) if len(content_columns) == 1 else None


def _learn_shapes(preview: TablePreview) -> RecordShapes:
    firsts, lasts = (preview.sample[name].to_pylist() for name in (preview.names[0], preview.names[-1]))
    return RecordShapes(zip(firsts, lasts, strict=True), len(preview.names))


def fit_record(
    cells: list[str], width: int, content_index: int | None, min_cells: int, delimiter: str = ","
) -> list[str] | None:
    """Return exactly `width` cells, or None if the record is ambiguous.

    `content_index` is the column of communication content, which may hold unquoted delimiters; `min_cells` is the
    number of leading columns that are used.
    """
    if len(cells) == width:
        return cells
    if len(cells) < width:
        return cells + [""] * (width - len(cells)) if len(cells) >= min_cells else None
    extra = len(cells) - width
    if not any(cell.strip() for cell in cells[width:]):
        return cells[:width]
    if content_index is None:
        return None
    words = cells[content_index : content_index + extra + 1]
    return [*cells[:content_index], delimiter.join(words), *cells[content_index + extra + 1 :]]
