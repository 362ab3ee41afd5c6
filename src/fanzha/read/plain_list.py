"""Plain lists: one host, link, number or text per line."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._chunks import UNFINISHED, Chunk, split_chunks
from fanzha.read._convert.rows import RawRows, lookup_numbers
from fanzha.read._convert.text import to_mask
from fanzha.read._encoding import Utf8Decoder, decode_first_lines, detect_encoding
from fanzha.read._map.column_map import ColumnMap, FileLayout
from fanzha.read._map.targets import target_columns
from fanzha.read._propose.headers import fold_header, recognised_headers
from fanzha.read._reader import HEAD_BYTES, FileHead, SourceFile
from fanzha.read._rejects import UnreadableSource, make_reject
from fanzha.read._stream import is_gzip, open_stream
from fanzha.read._table_reader import TablePreview, TableReader

LINE = "line"
EMPTY = Words("空文件", "an empty file")
TOO_LONG = Words("一行超过 16 MB", "the line is longer than 16 MB")
_SAMPLE_LINES = 400
_FIXED = 6  # values of at least so many characters that all have one length are of a fixed length


class PlainList(TableReader):
    """One value per line. In lists of hosts and numbers, lines that start with # or ! are comments."""

    name = "plain-list"
    title = Words(
        "每行一个值的文本（域名、网址、号码或短信）", "a list with one value a line (hosts, links, numbers, texts)"
    )

    def recognise(self, head: FileHead) -> float:
        """Accept any text with low confidence, and with a higher one by its suffix."""
        if not detect_encoding(head.data):
            return 0.0
        return 0.4 if head.name.endswith((".txt", ".list", ".lst", ".hosts")) else 0.1

    def preview(self, source: SourceFile, layout: FileLayout) -> TablePreview:
        """Detect the encoding and an optional header; return the first lines."""
        with open_stream(source.path, source.member) as stream:
            data = stream.read(HEAD_BYTES)
        encoding = layout.encoding or detect_encoding(data)
        lines = decode_first_lines(data, encoding, whole=len(data) < HEAD_BYTES)
        first = next((number for number, line in enumerate(lines, start=1) if line.strip()), 0)
        if not first:
            raise UnreadableSource(EMPTY)
        name = lines[first - 1].strip()
        header = (
            layout.header if layout.header is not None else first if fold_header(name) in recognised_headers() else 0
        )
        cells = [line for line in lines[header:] if line.strip() and line[0] not in "#!"][:_SAMPLE_LINES]
        name = name if header else LINE
        return TablePreview(
            (name,), {name: pa.array(cells, pa.large_string())}, FileLayout(encoding=encoding, header=header)
        )

    def read_rows(self, source: SourceFile, preview: TablePreview, map_: ColumnMap) -> Iterator[RawRows]:
        """Yield the lines that are not blank."""
        (name,) = preview.names
        comments = not any(target_columns(map_.table)[target].content for target in map_.columns)
        lengths = {len(cell.strip()) for cell in preview.sample[name].to_pylist()} if preview.sample[name] else set()
        may_grow = not (source.member or preview.layout.complete or is_gzip(source.path))
        with open_stream(source.path, source.member) as stream:
            for chunk in split_chunks(Utf8Decoder(stream, preview.layout.encoding).read_blocks(), quotes=False):
                if chunk.too_long:
                    yield RawRows(
                        {}, 0, lambda _: [], (make_reject(source.name, chunk.line, "", TOO_LONG),), stream.position
                    )
                    continue
                if may_grow and not chunk.data.endswith(b"\n"):
                    start = chunk.data.rfind(b"\n") + 1
                    last = chunk.data[start:].decode("utf-8", "replace").strip()
                    is_certain = len(preview.sample[name]) > 1 and len(last) >= _FIXED and lengths == {len(last)}
                    if last and not is_certain:
                        yield RawRows({}, 0, lambda _: [], (), stream.position, (UNFINISHED,), waiting=1)
                        chunk = Chunk(chunk.data[:start], chunk.line)
                lines, numbers = _split_lines(chunk, preview.layout.header or 0, comments=comments)
                yield RawRows({name: lines}, len(lines), lookup_numbers(numbers), (), stream.position)


READER = PlainList()


def _split_lines(chunk: Chunk, header: int, *, comments: bool) -> tuple[ArrowColumn, Any]:
    """Return the lines that are neither blank nor comments, and their numbers."""
    text = pa.array([chunk.data.removesuffix(b"\n")], pa.large_binary()).cast(pa.large_string())
    lines = pc.list_flatten(pc.split_pattern(text, "\n"))
    numbers = chunk.line + np.arange(len(lines))
    is_ignored = to_mask(pc.match_substring_regex(lines, r"^\s*([#!].*)?$" if comments else r"^\s*$"))
    is_data = ~is_ignored & (numbers > header)
    return lines.filter(pa.array(is_data)), numbers[is_data]
