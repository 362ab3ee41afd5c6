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

from fanzha.analyze.turns import first_turns, opening
from fanzha.base.errors import WrongCall

EVERY = "*"  # positive=*: every row counts as 1

_KEYS = ("text", "label", "positive", "where", "group", "first_turns", "opening")
_SPEC = re.compile(rf"(?P<path>.+?):(?P<rest>(?:{'|'.join(_KEYS)})=.*)", re.S)
_NEXT = re.compile(rf",(?={'|'.join(key + '=' for key in _KEYS)})")


@dataclass(frozen=True)
class Given:
    """A file as the caller names it; None and () = what the command says for all files."""

    path: Path
    text: str | None = None  # column
    label: str | None = None  # column; 0 or 1 when every row has that label
    positive: tuple[str, ...] = ()  # label values that count as 1
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()  # column -> values kept
    without: str = ""  # rows whose text matches this (RE2) are left out
    group: str | None = None  # column
    first_turns: int | None = None
    opening: int | None = None  # conversations: so many characters, without the marks of who speaks
    innocent: bool = False  # only the rows of label 0 are taken, all where there is no label


@dataclass(frozen=True)
class Rows:
    """What was read: the table as it is in the file, the labels as text (None = no label)."""

    given: Given
    table: pa.Table
    labels: tuple[str | None, ...] | None  # None: the file has no such column
    groups: tuple[str, ...] | None


def given(words: str, defaults: Given) -> Given:
    """Parse `FILE` or `FILE:text=…,label=…,positive=a|b,where=column~a|b,group=…,first_turns=N,opening=N`."""
    found = None if Path(words).exists() else _SPEC.fullmatch(words)
    path = Path(found["path"] if found else words)
    if not path.is_file():
        raise WrongCall(f"no such file: {path}", fix="write FILE or FILE:text=COLUMN,label=COLUMN,positive=VALUE")
    one = replace(defaults, path=path)
    for part in _NEXT.split(found["rest"]) if found else []:
        key, value = part.split("=", 1)
        one = _with(one, key, value)
    return one


def _with(one: Given, key: str, value: str) -> Given:
    if key == "positive":
        return replace(one, positive=tuple(value.split("|")))
    if key == "where":
        column, _, values = value.partition("~")
        return replace(one, where=(*one.where, (column, tuple(values.split("|")))))
    if key == "first_turns":
        return replace(one, first_turns=whole_number(value))
    if key == "opening":
        return replace(one, opening=whole_number(value, key))
    if key == "text":
        return replace(one, text=value)
    return replace(one, label=value) if key == "label" else replace(one, group=value)


def whole_number(text: str, key: str = "first_turns") -> int:
    """Return a count of turns or characters; WrongCall when the text is none."""
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise WrongCall(f"{key}={text} is no count", fix=f"write {key}=2")
    return int(text)


def read_rows(one: Given, text_names: Sequence[str] = ()) -> Rows:
    """Read a file; where text columns are named, the first that is there becomes the column `text`, cut to its turns.

    Raises WrongCall naming the columns there are when one is missing.
    """
    table = read_table(one.path)
    for column, values in one.where:
        table = table.filter(pc.is_in(as_text(_column(table, column, one.path)), pa.array(values)))
    if text_names:
        texts = _texts(table, one, text_names)
        table = table.drop_columns(["text"]) if "text" in table.column_names else table
        table = table.append_column("text", texts)
        if one.without:
            table = table.filter(pc.invert(pc.match_substring_regex(table["text"], one.without)))
    labels = _labels(table, one)
    groups = None if one.group is None else tuple(map(str, as_text(_column(table, one.group, one.path)).to_pylist()))
    return Rows(one, table, labels, groups)


def _texts(table: pa.Table, one: Given, names: Sequence[str]) -> "pa.ChunkedArray[Any]":
    name = one.text or next((name for name in names if name in table.column_names), names[0])
    texts = [text or "" for text in as_text(_column(table, name, one.path)).to_pylist()]
    if one.first_turns is not None:
        texts = [first_turns(text, one.first_turns) for text in texts]
    if one.opening is not None:
        texts = [opening(text, one.opening) for text in texts]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _labels(table: pa.Table, one: Given) -> tuple[str | None, ...] | None:
    if one.label in ("0", "1") and one.label not in table.column_names:
        return (one.label,) * table.num_rows
    if one.positive == (EVERY,):
        return ("1",) * table.num_rows
    name = one.label or "label"
    if name in table.column_names:
        return tuple(as_text(table[name]).to_pylist())
    if one.label is None or one.innocent:
        return None
    raise _no_column(table, name, one.path)


def as_text(values: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """Return any column as text; whole floats without their point, so that label 1.0 is 1."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_floating(values.type):
        known = pc.drop_null(values)
        if pc.all(pc.equal(pc.floor(known), known)).as_py():
            values = values.cast(pa.int64())
    return values.cast(pa.string())


def read_table(path: Path) -> pa.Table:
    """Read Parquet, JSON Lines, or CSV in UTF-8 or GB 18030; WrongCall when the file is none of them."""
    try:
        if path.suffix in (".parquet", ".pq"):
            return pq.read_table(path)
        if path.suffix in (".jsonl", ".ndjson", ".json"):
            return pyarrow.json.read_json(path)
        return _csv(path)
    except (pa.ArrowInvalid, OSError) as error:
        what = ": ".join(str(error).splitlines()[0].split(": ")[:2])  # what follows is the row itself
        raise WrongCall(f"{path} cannot be read: {what}") from None


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
        raise _no_column(table, name, path)
    return table[name]


def _no_column(table: pa.Table, name: str, path: Path) -> WrongCall:
    there = ", ".join(table.column_names[:12]) + (" …" if table.num_columns > 12 else "")
    return WrongCall(
        f"{path} has no column {name!r}; it has: {there}", fix="name it: FILE:text=COLUMN,label=COLUMN,positive=VALUE"
    )
