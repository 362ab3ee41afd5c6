"""CSV and its kin (tab, |, ;), in any encoding, with title lines, totals, stray quotes and short lines."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._chunks import Chunk, chunks
from fanzha.read._convert.rows import Rows, numbered
from fanzha.read._delimited.fit import fit
from fanzha.read._delimited.layout import ALIGNED, IN_PLACE_OF_SPACES, aligned, find_layout
from fanzha.read._delimited.parse import parse
from fanzha.read._delimited.swallowed import Shapes
from fanzha.read._encoding import Utf8, guess
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._map.targets import targets
from fanzha.read._opening import opened
from fanzha.read._reader import HEAD_BYTES, Head, Source
from fanzha.read._rejects import Reject, Unreadable, reject
from fanzha.read._table_reader import Look, TableReader, wanted

EMPTY = Words("空文件", "an empty file")
TOO_LONG = Words("一行超过 16 MB", "the line is longer than 16 MB")
WIDTH = Words("列数不符：有 {cells} 列，表头有 {names} 列", "it has {cells} columns, the header has {names}")


class DelimitedText(TableReader):
    """Text tables with a delimiter."""

    name = "delimited-text"
    title = Words("分隔符文本（CSV、TSV 等）", "delimited text (CSV, TSV, …)")

    def recognise(self, head: Head) -> float:
        """A text whose lines have the same number of cells; `.csv` and `.tsv` say so themselves."""
        encoding = guess(head.data)
        if not encoding or head.data.lstrip()[:1] in (b"{", b"["):
            return 0.0
        by_name = head.name.endswith((".csv", ".tsv", ".dat", ".psv"))
        found = find_layout(head.data, Layout(encoding=encoding), whole=head.whole)
        return 0.5 if found is not None and len(found.names) > 1 else 0.3 if by_name and head.data.strip() else 0.0

    def look(self, source: Source, layout: Layout) -> Look:
        """Find encoding, delimiter, header and first rows."""
        with opened(source.path, source.member) as stream:
            data = stream.read(HEAD_BYTES)
        if not data.strip():
            raise Unreadable(EMPTY)
        found = find_layout(data, layout, whole=len(data) < HEAD_BYTES)
        if found is None:
            raise Unreadable(EMPTY)
        return found

    def rows(self, source: Source, look: Look, map_: ColumnMap) -> Iterator[Rows]:
        """Yield the cells chunk by chunk."""
        columns = wanted(look, map_)
        skip = look.layout.header or 0
        shapes = _shapes(look)
        with opened(source.path, source.member) as stream:
            text = Utf8(stream, look.layout.encoding)
            for chunk in chunks(text.blocks(), quotes=look.layout.delimiter != "\x01"):
                if skip:
                    chunk, skip = _without_lines(chunk, skip)
                if chunk.too_long:
                    lost = reject(source.name, chunk.line, "", TOO_LONG)
                    yield Rows({}, 0, lambda _: [], (lost,), stream.position)
                elif chunk.data.strip():
                    if look.layout.delimiter == ALIGNED:
                        chunk = Chunk(aligned(chunk.data), chunk.line)
                    yield from _rows(source, look, columns, map_, shapes, chunk, stream.position)


READER = DelimitedText()


def _without_lines(chunk: Chunk, count: int) -> tuple[Chunk, int]:
    """Drop the first lines; return how many are still to be dropped from the next chunk."""
    at = 0
    for dropped in range(count):
        end = chunk.data.find(b"\n", at)
        if end < 0:
            return Chunk(b"", chunk.line), count - dropped - 1
        at = end + 1
    return Chunk(chunk.data[at:], chunk.line + count, chunk.too_long), 0


def _rows(
    source: Source, look: Look, columns: list[str], map_: ColumnMap, shapes: Shapes, chunk: Chunk, position: int
) -> Iterator[Rows]:
    sign = IN_PLACE_OF_SPACES if look.layout.delimiter == ALIGNED else look.layout.delimiter
    parsed = parse(chunk, look.names, columns, sign, shapes)
    rejects: list[Reject] = []
    saved: dict[int, list[str]] = {}
    content = _content_at(look.names, map_)
    needed = 1 + look.names.index(columns[-1])
    for line, cells, text in parsed.odd:
        fitted = fit(cells, len(look.names), content, needed, sign)
        if fitted is None:
            why = WIDTH.format(cells=len(cells), names=len(look.names))
            rejects.append(reject(source.name, line, "", why, "" if content is not None else text))
        else:
            saved[line] = fitted
    yield Rows(parsed.columns, parsed.count, parsed.line_numbers, tuple(rejects), position)
    if saved:
        lines = np.fromiter(saved, np.int64, len(saved))
        at = {name: index for index, name in enumerate(look.names)}
        cells_by_name = {
            name: pa.array([cells[at[name]] for cells in saved.values()], pa.large_string()) for name in columns
        }
        yield Rows(cells_by_name, len(saved), numbered(lines), (), position)


def _content_at(names: tuple[str, ...], map_: ColumnMap) -> int | None:
    """Return the place of the column with people's words, the one that may hold delimiters without quotes."""
    found = [take.names[0] for ours in map_.columns if targets(map_.table)[ours].content and (take := map_.take(ours))]
    return names.index(found[0]) if len(found) == 1 else None


def _shapes(look: Look) -> Shapes:
    firsts, lasts = (look.sample[name].to_pylist() for name in (look.names[0], look.names[-1]))
    return Shapes(zip(firsts, lasts, strict=True), len(look.names))
