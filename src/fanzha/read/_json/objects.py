"""Parse lines of JSON objects to Arrow columns: in bulk if their types agree, else one by one."""

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.json
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._json.scanner import measure_depth

MAX_BULK_DEPTH = 32
MAX_ROW_DEPTH = 400  # deeper rows are rejected; Python versions differ in their recursion limits
NOT_AN_OBJECT = Words("不是 JSON 对象", "not a JSON object")
TOO_DEEP = Words("JSON 嵌套过深", "the JSON is nested too deeply")
_DECODER = msgspec.json.Decoder()


class JsonObjects(NamedTuple):
    """Columns of the valid objects, their lines from 0, and the invalid lines as (line, reason, text)."""

    columns: dict[str, ArrowColumn]
    line_indexes: NDArray[np.int64]
    invalid: list[tuple[int, Words, str]]


def read_objects(data: bytes, names: list[str], texts: list[str]) -> JsonObjects:
    """Return the columns of dotted names. `texts` are text columns, for which Arrow must not guess a time."""
    lines = data.split(b"\n")
    line_indexes = np.array([index for index, line in enumerate(lines) if line and not line.isspace()], np.int64)
    if measure_depth(data) <= MAX_BULK_DEPTH:
        try:
            return JsonObjects(_parse_bulk(data, names, texts, len(line_indexes)), line_indexes, [])
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
            pass
    return _parse_each(lines, line_indexes, names)


def _parse_bulk(data: bytes, names: list[str], texts: list[str], rows: int) -> dict[str, ArrowColumn]:
    top = pa.schema([(name, pa.string()) for name in texts if "." not in name])
    table = pyarrow.json.read_json(
        io.BytesIO(data),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=top, newlines_in_values=False),
    )
    if table.num_rows != rows:
        raise pa.ArrowInvalid("blank or broken lines")
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    found_names = set(table.column_names)
    return {name: _combine_chunks(table.column(name)) if name in found_names else pa.nulls(rows) for name in names}


def _combine_chunks(column: ArrowColumn) -> ArrowColumn:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _parse_each(lines: list[bytes], line_indexes: NDArray[np.int64], names: list[str]) -> JsonObjects:
    good: list[int] = []
    records: list[dict[str, Any]] = []
    invalid: list[tuple[int, Words, str]] = []
    for index in line_indexes.tolist():
        if measure_depth(lines[index]) > MAX_ROW_DEPTH:
            invalid.append((index, TOO_DEEP, ""))
            continue
        try:
            record = _DECODER.decode(lines[index])
        except (msgspec.DecodeError, UnicodeDecodeError):
            record = None
        if isinstance(record, dict):
            good.append(index)
            records.append(record)
        else:
            invalid.append((index, NOT_AN_OBJECT, lines[index][:200].decode("utf-8", "replace")))
    columns = {
        name: pa.array([_to_text(get_dotted(record, name)) for record in records], pa.string()) for name in names
    }
    return JsonObjects(columns, np.array(good, np.int64), invalid)


def get_dotted(record: dict[str, Any], name: str) -> Any:
    """Return the value of a dotted name, or None."""
    if name in record:
        return record[name]
    value: Any = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _to_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else value.encode("utf-8", "replace").decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return msgspec.json.encode(value).decode() if isinstance(value, (dict, list)) else repr(value)
    except RecursionError:
        return None


def flatten_object(record: dict[str, Any], prefix: str = "", levels: int = 3) -> Iterator[tuple[str, Any]]:
    """Yield (dotted name, value) of every value that is not an object, down to `levels` levels."""
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and levels > 1:
            yield from flatten_object(value, f"{name}.", levels - 1)
        else:
            yield name, value
