"""The ground truth of a backtest: which subjects are frauds, victims or innocents, and when."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from fanzha.analyze.labels import NO, WEAKER_YES, YES
from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.kinds.phone_number import classify_many

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

ROLES = ("fraud", "victim", "look_alike", "innocent")

_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("kind", pa.string(), nullable=False),
    pa.field("subject", pa.string(), nullable=False),
    pa.field("actor", pa.string(), nullable=False),
    pa.field("role", pa.string(), nullable=False),
    pa.field("scenario", pa.string(), nullable=False),
    pa.field("since", pa.int64()),
    pa.field("until", pa.int64()),
]

#: One row per subject: `kind` "" matches any kind; `actor` groups the subjects of one actor; times UTC ms or null.
GROUND_TRUTH_SCHEMA: pa.Schema = pa.schema(_FIELDS)

_HEADERS = {
    "kind": ("subject_kind", "kind", "对象类型"),
    "subject": ("subject", "number", "对象", "号码"),
    "actor": ("actor",),
    "role": ("role", "label", "标签", "类别"),
    "scenario": ("scenario", "场景"),
    "since": ("from_ms", "from", "since", "开始时间"),
    "until": ("until_ms", "until", "结束时间"),
}
_ROLE_NAMES = {
    **dict.fromkeys((*YES, *WEAKER_YES), "fraud"),
    **dict.fromkeys((*NO, "ordinary", "clean"), "innocent"),
    **{role: role for role in ROLES},
    **{"受害人": "victim", "易误判": "look_alike"},
}
_FIX = "the columns are: subject, label (fraud, victim, look_alike or innocent), and if you have them kind, from, until"


def read_ground_truth(path: Path) -> pa.Table:
    """Read labels (CSV in UTF-8 or Parquet) or the truth that `fanzha simulate` writes, as a table of
    `GROUND_TRUTH_SCHEMA`.

    A subject without a kind matches any kind; phone numbers are normalised. Raise UsageError with the file and the
    invalid value.
    """
    table = _read_file(path)
    headers = {name.strip().casefold(): name for name in table.column_names}
    columns_by_name = {
        name: headers[alias] for name, aliases in _HEADERS.items() for alias in reversed(aliases) if alias in headers
    }
    if missing := [name for name in ("subject", "role") if name not in columns_by_name]:
        raise UsageError(f"{path}: no column says the {missing[0].replace('role', 'label')}", fix=_FIX)
    columns = {name: table[column] for name, column in columns_by_name.items()}
    empty = pa.chunked_array([pa.array([""] * table.num_rows, pa.string())])
    kind = pc.fill_null(_text(columns["kind"]), "") if "kind" in columns else empty
    subject = _canonical(_text(columns["subject"]), kind)
    answers = {
        "kind": kind,
        "subject": subject,
        "actor": pc.fill_null(_text(columns["actor"]), subject) if "actor" in columns else subject,
        "role": _roles(_text(columns["role"]), path),
        "scenario": pc.fill_null(_text(columns["scenario"]), "") if "scenario" in columns else empty,
        "since": _moments(columns.get("since"), table.num_rows, path),
        "until": _moments(columns.get("until"), table.num_rows, path),
    }
    return pa.table(answers, schema=GROUND_TRUTH_SCHEMA).filter(pc.is_valid(subject))


def _read_file(path: Path) -> pa.Table:
    file = _find_truth_file(path) if path.is_dir() else path
    try:
        if file.suffix == ".parquet":
            return pyarrow.parquet.read_table(file)
        with file.open(encoding="utf-8-sig") as lines:
            header = lines.readline().strip().split(",")
        as_text = {name: pa.string() for name in header}
        options = pyarrow.csv.ConvertOptions(column_types=as_text, strings_can_be_null=True, null_values=[""])
        return pyarrow.csv.read_csv(file, convert_options=options)
    except (pa.ArrowInvalid, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{file}: cannot be read ({error})", fix="give Parquet, or CSV in UTF-8; " + _FIX) from None


def _find_truth_file(folder: Path) -> Path:
    """Return the truth.parquet inside the folder of a simulation."""
    files = sorted(folder.rglob("truth.parquet"))
    if len(files) != 1:
        raise UsageError(f"{folder} holds {len(files) or 'no'} truth.parquet", fix="name the file itself")
    return files[0]


def _text(column: Any) -> Any:
    return pc.utf8_trim_whitespace(column.cast(pa.string()))


def _canonical(subject: Any, kind: Any) -> Any:
    """Normalise subjects that are phone numbers by their kind, or certainly by their value."""
    numbers = classify_many(subject)
    is_certain = pc.and_(pc.equal(kind, ""), pc.equal(numbers["valid"], "yes"))
    is_number = pc.and_(pc.or_(pc.equal(kind, "phone_number"), is_certain), pc.not_equal(numbers["canonical"], ""))
    return pc.if_else(pc.fill_null(is_number, False), numbers["canonical"], subject)


def _roles(labels: Any, path: Path) -> Any:
    plain = pc.fill_null(pc.utf8_lower(labels), "")
    distinct = pc.unique(plain)
    roles = [_ROLE_NAMES.get(label) for label in distinct.to_pylist()]
    if None in roles:
        label = distinct[roles.index(None)].as_py()
        raise UsageError(f"{path}: {label!r} is no label", fix=f"use one of: {', '.join(ROLES)}, or 1 and 0")
    return pa.array(roles, pa.string()).take(pc.index_in(plain, value_set=distinct))


def _moments(column: Any, rows: int, path: Path) -> Any:
    """Convert a column to UTC milliseconds: integers unchanged, timestamps, or ISO 8601 texts."""
    if column is None:
        return pa.nulls(rows, pa.int64())
    if pa.types.is_integer(column.type):
        return column.cast(pa.int64())
    if pa.types.is_temporal(column.type):
        return column.cast(pa.timestamp("ms")).cast(pa.int64())
    distinct = pc.unique(column)
    try:
        values = [None if text is None else _moment(text) for text in distinct.to_pylist()]
    except Malformed as error:
        raise UsageError(f"{path}: {error.reason}") from None
    return pa.array(values, pa.int64()).take(pc.index_in(column, value_set=distinct))


def _moment(text: str) -> int:
    return int(text) if text.isdigit() and len(text) > 10 else moment_ms(text.strip())
