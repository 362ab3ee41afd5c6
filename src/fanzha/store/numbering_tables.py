"""Read the operator's numbering tables from the state folder: ported numbers, number ranges and holders."""

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa

from fanzha.base.clock import EARLIEST_MS, moment_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.base.ids import digest
from fanzha.base.lazy_module import lazy_module
from fanzha.kinds.numbering.operator_tables import ALLOCATION_SCHEMA, PORTABILITY_SCHEMA
from fanzha.kinds.phone_number import (
    HOLDER_SCHEMA,
    Allocation,
    Holders,
    NumberClass,
    NumberingTables,
    Portability,
    normalise_many,
)
from fanzha.store.state_folder import state_folder

_HEADERS = {
    "number": ("number", "号码", "手机号", "携转号码"),
    "prefix": ("prefix", "号段", "前缀"),
    "operator": ("operator", "运营商", "携入运营商", "分配运营商"),
    "number_class": ("number_class", "类别"),
    "province": ("province", "省份", "省"),
    "city": ("city", "城市", "地市"),
    "valid_from": ("valid_from", "from", "生效时间", "携转时间"),
    "valid_until": ("valid_until", "until", "失效时间"),
    "holder_from": ("holder_from", "from", "入网时间", "开户时间", "启用时间"),
    "holder_until": ("holder_until", "until", "销户时间", "离网时间", "停用时间"),
}
_NAMES = ("portability", "allocation", "holders")
_TIMES = ("valid_from", "valid_until", "holder_from", "holder_until")
_NEEDED = ("number", "prefix", "operator", "holder_from")

pc = lazy_module("pyarrow.compute")  # untyped: the type stubs lose track in nested calls


def load_numbering_tables(folder: Path | None = None) -> NumberingTables:
    """Return the tables in `<state folder>/tables`. Missing tables are None.

    `portability` has number, operator, valid_from, valid_until; `allocation` has prefix, operator, number_class,
    province, city, valid_from, valid_until; each as .parquet or .csv (UTF-8, a header line, Chinese or English).
    Times are ISO 8601 (UTC if there is no zone) or UTC milliseconds. Raise UsageError with file and row of an error.
    """
    portability, allocation = _load_portability(folder), load_allocation(folder)
    return NumberingTables(
        Portability(portability) if portability else None, Allocation(allocation) if allocation else None
    )


def load_allocation(folder: Path | None = None) -> pa.Table | None:
    """Return the checked table `allocation` as ALLOCATION_SCHEMA, or None. Raise UsageError as above."""
    loaded = _load_table((folder or state_folder()) / "tables", "allocation", ALLOCATION_SCHEMA)
    return _check_ranges(*loaded) if loaded else None


def _load_portability(folder: Path | None) -> pa.Table | None:
    loaded = _load_table((folder or state_folder()) / "tables", "portability", PORTABILITY_SCHEMA)
    return _normalise_numbers(*loaded) if loaded else None


def load_holders(folder: Path | None = None) -> Holders | None:
    """Return the table `holders` with number, holder_from, holder_until, or None.

    A number that was reassigned has a row for each holder. Raise UsageError with file and row of an error.
    """
    loaded = _load_table((folder or state_folder()) / "tables", "holders", HOLDER_SCHEMA)
    if loaded is None:
        return None
    table, path = loaded
    _reject_first(pc.is_null(table["holder_from"]), table["number"], path, "has no holder_from")
    index = table.column_names.index("holder_from")  # 1900 and 1970 mean unknown; use the earliest time
    start = pc.max_element_wise(table["holder_from"], pa.scalar(EARLIEST_MS, table["holder_from"].type))
    return Holders(_normalise_numbers(table.set_column(index, table.schema.field(index), start), path))


def digest_tables(folder: Path | None = None) -> str:
    """Return a digest of the table files, which changes when a table changes."""
    tables = (folder or state_folder()) / "tables"
    return digest(*(_digest_file(path) for name in _NAMES if (path := _find_file(tables, name))))


def _digest_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()


def _find_file(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / f"{name}.parquet", folder / f"{name}.csv") if path.is_file()), None)


def _load_table(folder: Path, name: str, schema: pa.Schema) -> tuple[pa.Table, Path] | None:
    path = _find_file(folder, name)
    return (_conform(_read_table(path), schema, path), path) if path else None


def _read_table(path: Path) -> pa.Table:
    import pyarrow.csv
    import pyarrow.parquet

    try:
        if path.suffix == ".parquet":
            table = pyarrow.parquet.read_table(path, page_checksum_verification=True)
            table.validate(full=True)
            return table.rename_columns(table.column_names)  # raises for a name that is not UTF-8
        with path.open(encoding="utf-8-sig") as file:
            header = file.readline().strip().split(",")
        as_text = pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in header}, strings_can_be_null=True, null_values=[""]
        )
        return pyarrow.csv.read_csv(path, convert_options=as_text)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error})", fix="write it as Parquet or as CSV in UTF-8") from None


def _conform(table: pa.Table, schema: pa.Schema, path: Path) -> pa.Table:
    """Find the columns by any of their names. Missing optional columns are null."""
    name_by_header = {name.strip().casefold(): name for name in table.column_names}
    columns: dict[str, Any] = {}
    for name in schema.names:
        header = next((name_by_header[alias] for alias in _HEADERS[name] if alias in name_by_header), None)
        if header is None and name in _NEEDED:
            raise UsageError(f"{path}: column {name} is missing", fix=f"name it one of: {', '.join(_HEADERS[name])}")
        column = pa.nulls(table.num_rows, pa.string()) if header is None else table[header]
        columns[name] = _parse_times(column, path, name) if name in _TIMES else column.cast(pa.string())
    return pa.table(columns).cast(schema)


def _parse_times(column: Any, path: Path, name: str) -> Any:
    """Return a column of times as UTC milliseconds."""
    if pa.types.is_integer(column.type):
        return column.cast(pa.int64())
    if pa.types.is_temporal(column.type):
        return column.cast(pa.timestamp("ms")).cast(pa.int64())
    distinct = pc.unique(column)
    try:
        values = [None if text is None else _parse_time(text) for text in distinct.to_pylist()]
    except Malformed as error:
        raise UsageError(f"{path}: column {name}: {error.reason}") from None
    return pa.array(values, pa.int64()).take(pc.index_in(column, value_set=distinct))


def _parse_time(text: str) -> int:
    return int(text) if text.isdigit() and len(text) > 10 else moment_ms(text.strip())


def _normalise_numbers(table: pa.Table, path: Path) -> pa.Table:
    canonical = normalise_many(table["number"])
    _reject_first(pc.is_null(canonical), table["number"], path, "is not a telephone number")
    since, until = (name for name in table.column_names if name in _TIMES)
    _reject_times(table, path, since, until)
    return table.set_column(0, "number", canonical)


def _check_ranges(table: pa.Table, path: Path) -> pa.Table:
    is_invalid = pc.invert(pc.fill_null(pc.match_substring_regex(table["prefix"], "^[1-9][0-9]{1,10}$"), False))
    _reject_first(is_invalid, table["prefix"], path, "is not a prefix (2 to 11 digits, no country code, no trunk zero)")
    classes = [member.value for member in NumberClass]
    is_known = pc.is_in(table["number_class"], pa.array(classes))
    is_unknown = pc.and_kleene(pc.is_valid(table["number_class"]), pc.invert(is_known))
    _reject_first(is_unknown, table["number_class"], path, f"is not one of {', '.join(classes)}")
    _reject_times(table, path, "valid_from", "valid_until")
    return table


def _reject_times(table: pa.Table, path: Path, since: str, until: str) -> None:
    is_reversed = pc.fill_null(pc.less_equal(table[until], table[since]), False)
    _reject_first(is_reversed, table[until], path, f"is not after {since}")


def _reject_first(is_invalid: Any, column: Any, path: Path, reason: str) -> None:
    """Raise UsageError for the first invalid row, counted from 1 without the header."""
    row = pc.index(is_invalid, pa.scalar(True)).as_py()
    if row >= 0:
        raise UsageError(
            f"{path}, row {row + 1}: {column[row].as_py()!r} {reason}", fix="mend the table or take the row out"
        )
