"""JSON as one object per line, as a list, as concatenated objects, or as a list inside a response object."""

from collections.abc import Iterator
from itertools import islice

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._convert.rows import RawRows, lookup_numbers
from fanzha.read._encoding import Utf8Decoder, decode_first_lines, detect_encoding
from fanzha.read._json.objects import flatten_object, read_objects
from fanzha.read._json.scanner import split_objects
from fanzha.read._map.column_map import ColumnMap, FileLayout
from fanzha.read._reader import HEAD_BYTES, FileHead, SourceFile
from fanzha.read._rejects import UnreadableSource, make_reject
from fanzha.read._stream import open_stream
from fanzha.read._table_reader import TablePreview, TableReader, list_needed_columns

NO_OBJECTS = Words("没有 JSON 对象", "there is no JSON object in it")
TOO_LONG = Words("一条 JSON 超过 16 MB", "the JSON record is longer than 16 MB")
_SAMPLE = 400


class JsonText(TableReader):
    """JSON objects. Rows are numbered by line, or by object if there is not one object per line."""

    name = "json"
    title = Words("JSON（每行一个对象、数组或连续对象）", "JSON (one object a line, a list, or one after the other)")

    def recognise(self, head: FileHead) -> float:
        """Look for a text that starts with a brace or bracket and holds an object."""
        text = head.data.lstrip(b"\xef\xbb\xbf \t\r\n")
        if text[:1] not in (b"{", b"[") or not detect_encoding(head.data):
            return 0.0
        return 0.7 if next(_sample_objects(head.data, head.whole), None) is not None else 0.0

    def preview(self, source: SourceFile, layout: FileLayout) -> TablePreview:
        """Collect the keys of the first objects, and those that the layout names; nested keys are joined with dots."""
        with open_stream(source.path, source.member) as stream:
            data = stream.read(HEAD_BYTES)
        records = [dict(flatten_object(record)) for record in _sample_objects(data, len(data) < HEAD_BYTES)]
        if not records:
            raise UnreadableSource(NO_OBJECTS)
        names = tuple(dict.fromkeys([*(name for record in records for name in record), *layout.names]))
        cells = {
            name: [None if (value := r.get(name)) is None else str(value)[:4096] for r in records] for name in names
        }
        sample = {
            name: pa.array([_replace_surrogates(cell) for cell in column], pa.string())
            for name, column in cells.items()
        }
        return TablePreview(names, sample, layout)

    def read_rows(self, source: SourceFile, preview: TablePreview, map_: ColumnMap) -> Iterator[RawRows]:
        """Yield the needed columns, chunk by chunk."""
        names = list_needed_columns(preview, map_)
        with open_stream(source.path, source.member) as stream:
            texts = _find_text_columns(stream.read(HEAD_BYTES), names)
        with open_stream(source.path, source.member) as stream:
            blocks = Utf8Decoder(stream, preview.layout.encoding).read_blocks()
            for chunk in split_objects(blocks):
                if chunk.too_long:
                    yield RawRows(
                        {}, 0, lambda _: [], (make_reject(source.name, chunk.line, "", TOO_LONG),), stream.position
                    )
                    continue
                objects = read_objects(chunk.data, names, texts)
                rejects = tuple(
                    make_reject(source.name, chunk.line + index, "", reason, text)
                    for index, reason, text in objects.invalid
                )
                numbers = objects.line_indexes + chunk.line
                yield RawRows(objects.columns, len(numbers), lookup_numbers(numbers), rejects, stream.position)


READER = JsonText()


def _replace_surrogates(cell: str | None) -> str | None:
    return None if cell is None else cell.encode("utf-8", "replace").decode()


def _find_text_columns(head: bytes, names: list[str]) -> list[str]:
    """Return the keys whose sampled values are all strings. Arrow would otherwise parse some of them as times."""
    records = [dict(flatten_object(record)) for record in _sample_objects(head, whole=False)]
    values_by_name = {name: [record[name] for record in records if record.get(name) is not None] for name in names}
    return [
        name for name, values in values_by_name.items() if values and all(isinstance(value, str) for value in values)
    ]


def _sample_objects(data: bytes, whole: bool) -> Iterator[dict[str, object]]:
    """Yield the first objects at the beginning of a text."""
    text = "\n".join(decode_first_lines(data, detect_encoding(data), whole=whole)).encode("utf-8", "replace")
    lines = (line for chunk in split_objects(iter([text])) for line in chunk.data.split(b"\n") if line.strip())
    for line in islice(lines, _SAMPLE):
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record
