"""Plain lists: a host, a link, a number or a text on every line of a `.txt` file."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._chunks import Chunk, chunks
from fanzha.read._convert.rows import Rows, numbered
from fanzha.read._convert.text import mask
from fanzha.read._encoding import Utf8, first_lines, guess
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._map.targets import targets
from fanzha.read._opening import opened
from fanzha.read._propose.headers import folded, known_headers
from fanzha.read._reader import HEAD_BYTES, Head, Source
from fanzha.read._rejects import Unreadable, reject
from fanzha.read._table_reader import Look, TableReader

LINE = "line"
EMPTY = Words("空文件", "an empty file")
TOO_LONG = Words("一行超过 16 MB", "the line is longer than 16 MB")
_SAMPLE_LINES = 400


class PlainList(TableReader):
    """One value a line; in lists of hosts and numbers, lines that start with # or ! are comments."""

    name = "plain-list"
    title = Words(
        "每行一个值的文本（域名、网址、号码或短信）", "a list with one value a line (hosts, links, numbers, texts)"
    )

    def recognise(self, head: Head) -> float:
        """Any text that is no table; `.txt` and `.list` say so themselves."""
        if not guess(head.data):
            return 0.0
        return 0.4 if head.name.endswith((".txt", ".list", ".lst", ".hosts")) else 0.1

    def look(self, source: Source, layout: Layout) -> Look:
        """Find the encoding, a header if there is one, and the first lines."""
        with opened(source.path, source.member) as stream:
            data = stream.read(HEAD_BYTES)
        encoding = layout.encoding or guess(data)
        lines = first_lines(data, encoding, whole=len(data) < HEAD_BYTES)
        first = next((number for number, line in enumerate(lines, start=1) if line.strip()), 0)
        if not first:
            raise Unreadable(EMPTY)
        name = lines[first - 1].strip()
        header = layout.header if layout.header is not None else first if folded(name) in known_headers() else 0
        cells = [line for line in lines[header:] if line.strip() and line[0] not in "#!"][:_SAMPLE_LINES]
        name = name if header else LINE
        return Look((name,), {name: pa.array(cells, pa.large_string())}, Layout(encoding=encoding, header=header))

    def rows(self, source: Source, look: Look, map_: ColumnMap) -> Iterator[Rows]:
        """Yield the lines that are not blank."""
        (name,) = look.names
        comments = not any(targets(map_.table)[ours].content for ours in map_.columns)
        with opened(source.path, source.member) as stream:
            for chunk in chunks(Utf8(stream, look.layout.encoding).blocks(), quotes=False):
                if chunk.too_long:
                    yield Rows({}, 0, lambda _: [], (reject(source.name, chunk.line, "", TOO_LONG),), stream.position)
                    continue
                lines, numbers = _lines(chunk, look.layout.header or 0, comments=comments)
                yield Rows({name: lines}, len(lines), numbered(numbers), (), stream.position)


READER = PlainList()


def _lines(chunk: Chunk, header: int, *, comments: bool) -> tuple[ArrowColumn, Any]:
    """Return the lines with something on them, and their numbers."""
    text = pa.array([chunk.data.removesuffix(b"\n")], pa.large_binary()).cast(pa.large_string())
    lines = pc.list_flatten(pc.split_pattern(text, "\n"))
    numbers = chunk.line + np.arange(len(lines))
    nothing = mask(pc.match_substring_regex(lines, r"^\s*([#!].*)?$" if comments else r"^\s*$"))
    kept = ~nothing & (numbers > header)
    return lines.filter(pa.array(kept)), numbers[kept]
