"""JSON in its shapes: one object a line, a list of objects, objects one after the other, a list inside an answer."""

from collections.abc import Iterator
from itertools import islice

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._convert.rows import Rows, numbered
from fanzha.read._encoding import Utf8, first_lines, guess
from fanzha.read._json.objects import dotted, read_objects
from fanzha.read._json.strung import strung
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._opening import opened
from fanzha.read._reader import HEAD_BYTES, Head, Source
from fanzha.read._rejects import Unreadable, reject
from fanzha.read._table_reader import Look, TableReader, wanted

NO_OBJECTS = Words("没有 JSON 对象", "there is no JSON object in it")
TOO_LONG = Words("一条 JSON 超过 16 MB", "the JSON record is longer than 16 MB")
_SAMPLE = 400


class JsonLines(TableReader):
    """JSON objects, however they are strung together; rows are counted by line, or by object when not one a line."""

    name = "json"
    title = Words("JSON（每行一个对象、数组或连续对象）", "JSON (one object a line, a list, or one after the other)")

    def recognise(self, head: Head) -> float:
        """Text that starts with a brace or a bracket and holds an object."""
        text = head.data.lstrip(b"\xef\xbb\xbf \t\r\n")
        if text[:1] not in (b"{", b"[") or not guess(head.data):
            return 0.0
        return 0.7 if next(_sample(head.data, head.whole), None) is not None else 0.0

    def look(self, source: Source, layout: Layout) -> Look:
        """Collect the names of the first objects, nested ones with dots."""
        with opened(source.path, source.member) as stream:
            data = stream.read(HEAD_BYTES)
        records = [dict(dotted(record)) for record in _sample(data, len(data) < HEAD_BYTES)]
        if not records:
            raise Unreadable(NO_OBJECTS)
        names = tuple(dict.fromkeys(name for record in records for name in record))
        cells = {name: [None if (v := r.get(name)) is None else str(v)[:4096] for r in records] for name in names}
        sample = {name: pa.array([_clean(cell) for cell in column], pa.string()) for name, column in cells.items()}
        return Look(names, sample, layout)

    def rows(self, source: Source, look: Look, map_: ColumnMap) -> Iterator[Rows]:
        """Yield the columns the map names, chunk by chunk."""
        names = wanted(look, map_)
        with opened(source.path, source.member) as stream:
            texts = _texts(stream.read(HEAD_BYTES), names)
        with opened(source.path, source.member) as stream:
            blocks = Utf8(stream, look.layout.encoding).blocks()
            for chunk in strung(blocks):
                if chunk.too_long:
                    yield Rows({}, 0, lambda _: [], (reject(source.name, chunk.line, "", TOO_LONG),), stream.position)
                    continue
                found = read_objects(chunk.data, names, texts)
                bad = tuple(reject(source.name, chunk.line + at, "", why, text) for at, why, text in found.bad)
                numbers = found.places + chunk.line
                yield Rows(found.columns, len(numbers), numbered(numbers), bad, stream.position)


READER = JsonLines()


def _clean(cell: str | None) -> str | None:
    return None if cell is None else cell.encode("utf-8", "replace").decode()


def _texts(head: bytes, names: list[str]) -> list[str]:
    """Return the names whose values are text in every object at hand: told to Arrow, or it would guess times."""
    records = [dict(dotted(record)) for record in _sample(head, whole=False)]
    there = {name: [record[name] for record in records if record.get(name) is not None] for name in names}
    return [name for name, values in there.items() if values and all(isinstance(value, str) for value in values)]


def _sample(data: bytes, whole: bool) -> Iterator[dict[str, object]]:
    """Yield the first objects of a text's beginning."""
    text = "\n".join(first_lines(data, guess(data), whole=whole)).encode("utf-8", "replace")
    lines = (line for chunk in strung(iter([text])) for line in chunk.data.split(b"\n") if line.strip())
    for line in islice(lines, _SAMPLE):
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record
