"""Read labelled rows from Parquet, CSV or JSON Lines, each file with its own column names."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq

from fanzha.base.errors import UsageError
from fanzha.models.transcript import strip_speakers

ANY_LABEL = "*"  # positive=*: every row counts as 1

_KEYS = ("text", "label", "positive", "where", "group", "first_turns", "opening")
_FILE_SPEC = re.compile(rf"(?P<path>.+?):(?P<rest>(?:{'|'.join(_KEYS)})=.*)", re.S)
_OPTION_SEPARATOR = re.compile(rf",(?={'|'.join(key + '=' for key in _KEYS)})")


@dataclass(frozen=True)
class LabelledFile:
    """A file with labelled rows and how to read it; None and () mean the defaults of the command."""

    path: Path
    text: str | None = None  # column
    label: str | None = None  # column; 0 or 1 when every row has that label
    positive: tuple[str, ...] = ()  # label values that count as 1
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()  # column -> values kept
    without: str = ""  # rows whose text matches this RE2 pattern are left out
    group: str | None = None  # column
    first_turns: int | None = None
    opening: int | None = None  # conversations: read this many characters, without speaker labels
    innocent: bool = False  # keep only rows of label 0, all rows if there is no label
    classes: tuple[tuple[str, str], ...] = ()  # label value -> class; other values are left out


@dataclass(frozen=True)
class LabelledRows:
    """The rows of a file: its table, and the labels as text (None: no label)."""

    file: LabelledFile
    table: pa.Table
    labels: tuple[str | None, ...] | None  # None: the file has no such column
    groups: tuple[str, ...] | None


def parse_labelled_file(spec: str, defaults: LabelledFile) -> LabelledFile:
    """Parse `FILE` or `FILE:text=…,label=…,positive=a|b,where=column~a|b,group=…,first_turns=N,opening=N`."""
    match = None if Path(spec).exists() else _FILE_SPEC.fullmatch(spec)
    path = Path(match["path"] if match else spec)
    if not path.is_file():
        raise UsageError(f"no such file: {path}", fix="write FILE or FILE:text=COLUMN,label=COLUMN,positive=VALUE")
    file = replace(defaults, path=path)
    for part in _OPTION_SEPARATOR.split(match["rest"]) if match else []:
        key, value = part.split("=", 1)
        file = _set_option(file, key, value)
    return file


def _set_option(file: LabelledFile, key: str, value: str) -> LabelledFile:
    if key == "positive":
        return replace(file, positive=tuple(value.split("|")))
    if key == "where":
        column, _, values = value.partition("~")
        return replace(file, where=(*file.where, (column, tuple(values.split("|")))))
    if key == "first_turns":
        return replace(file, first_turns=parse_count(value))
    if key == "opening":
        return replace(file, opening=parse_count(value, key))
    if key == "text":
        return replace(file, text=value)
    return replace(file, label=value) if key == "label" else replace(file, group=value)


def parse_count(text: str, key: str = "first_turns") -> int:
    """Parse a count of turns or characters. Raise UsageError."""
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise UsageError(f"{key}={text} is no count", fix=f"write {key}=2")
    return int(text)


def read_rows(file: LabelledFile, text_names: Sequence[str] = ()) -> LabelledRows:
    """Read a file; the first existing column of `text_names` becomes the column `text`, cut to its first turns.

    Raise UsageError if a column is missing.
    """
    table = read_table(file.path)
    for column, values in file.where:
        table = table.filter(pc.is_in(as_text(_column(table, column, file.path)), pa.array(values)))
    if text_names:
        texts = _texts(table, file, text_names)
        table = table.drop_columns(["text"]) if "text" in table.column_names else table
        table = table.append_column("text", texts)
        if file.without:
            table = table.filter(pc.invert(pc.match_substring_regex(table["text"], file.without)))
    labels = _labels(table, file)
    groups = None if file.group is None else tuple(map(str, as_text(_column(table, file.group, file.path)).to_pylist()))
    return LabelledRows(file, table, labels, groups)


def _texts(table: pa.Table, file: LabelledFile, names: Sequence[str]) -> "pa.ChunkedArray[Any]":
    name = file.text or next((name for name in names if name in table.column_names), names[0])
    texts = [text or "" for text in as_text(_column(table, name, file.path)).to_pylist()]
    if file.first_turns is not None:
        texts = [first_turns(text, file.first_turns) for text in texts]
    if file.opening is not None:
        texts = [opening_text(text, file.opening) for text in texts]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _labels(table: pa.Table, file: LabelledFile) -> tuple[str | None, ...] | None:
    if file.label in ("0", "1") and file.label not in table.column_names:
        return (file.label,) * table.num_rows
    if file.positive == (ANY_LABEL,):
        return ("1",) * table.num_rows
    name = file.label or "label"
    if name in table.column_names:
        values = as_text(table[name]).to_pylist()
        return tuple(dict(file.classes).get(value or "") for value in values) if file.classes else tuple(values)
    if file.label is None or file.innocent:
        return None
    raise _missing_column(table, name, file.path)


def as_text(values: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """Return a column as text; floats without a fraction become integers, so that label 1.0 is 1."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_floating(values.type):
        present = pc.drop_null(values)
        if pc.all(pc.equal(pc.floor(present), present)).as_py():
            values = values.cast(pa.int64())
    return values.cast(pa.string())


def read_table(path: Path) -> pa.Table:
    """Read Parquet, JSON Lines, or CSV in UTF-8 or GB 18030. Raise UsageError."""
    try:
        if path.suffix in (".parquet", ".pq"):
            return pq.read_table(path)
        if path.suffix in (".jsonl", ".ndjson", ".json"):
            return pyarrow.json.read_json(path)
        return _csv(path)
    except (pa.ArrowInvalid, OSError) as error:
        reason = ": ".join(str(error).splitlines()[0].split(": ")[:2])  # without the row, which may hold personal data
        raise UsageError(f"{path} cannot be read: {reason}", fix="give CSV, Parquet or JSON Lines with rows") from None


def _csv(path: Path) -> pa.Table:
    data = path.read_bytes()
    try:
        data.decode()
    except UnicodeDecodeError:
        data = data.decode("gb18030", "replace").encode()
    delimiter = "\t" if path.suffix in (".tsv", ".tab") else ","
    return pyarrow.csv.read_csv(
        io.BytesIO(data),
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(strings_can_be_null=False),
    )


def _column(table: pa.Table, name: str, path: Path) -> "pa.ChunkedArray[Any]":
    if name not in table.column_names:
        raise _missing_column(table, name, path)
    return table[name]


def _missing_column(table: pa.Table, name: str, path: Path) -> UsageError:
    columns = ", ".join(table.column_names[:12]) + (" …" if table.num_columns > 12 else "")
    return UsageError(
        f"{path} has no column {name!r}; it has: {columns}", fix="name it: FILE:text=COLUMN,label=COLUMN,positive=VALUE"
    )


#: A speaker label at the start of a line: `left: …`, `R:…`, `客服：…`.
_SPEAKER = re.compile(r"^\s*[^\W\d_]{1,8}\s?\d{0,2}\s*[:：](?!//)")


def first_turns(text: str, count: int) -> str:
    """Return the first `count` turns; a line without a speaker label continues the turn before it."""
    lines: list[str] = []
    turns = 0
    for line in text.splitlines():
        turns += bool(_SPEAKER.match(line)) or (not turns and bool(line.strip()))
        if turns > count:
            break
        lines.append(line)
    return "\n".join(lines)


def opening_text(text: str, characters: int) -> str:
    """Return the first characters of a conversation without speaker labels."""
    return strip_speakers(text)[:characters]
