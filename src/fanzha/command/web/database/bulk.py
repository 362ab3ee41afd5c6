"""Insert, update and select many rows per statement. The ORM would dominate the time of an import.

PostgreSQL receives columns as server-bound arrays and returns rows in binary form, while Django writes values into
statements and reads rows as text. SQLite executes one prepared statement per row.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import BooleanField, F, Func, Q, QuerySet
from django.db.models.expressions import RawSQL

from fanzha.command.web.database.pg_arrays import PACKABLE_TYPES, PackedArray, pack_array

_Row = TypeVar("_Row", bound=tuple[Any, ...])
_LIST_TYPES: dict[type, str] = {str: "text", int: "bigint"}


def insert(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    conflict: str = "",
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert rows by column name. Return the requested columns of inserted or changed rows, in any order.

    `conflict` is the clause after ON CONFLICT; "" raises on conflicts. Pass JSON columns as text.
    """
    if not rows:
        return []
    table, clauses = model._meta.db_table, f" ON CONFLICT {conflict}" if conflict else ""
    clauses += f" RETURNING {', '.join(returning)}" if returning else ""
    into = f"INSERT INTO {table} ({', '.join(names)})"
    if connection.vendor == "postgresql":
        cells, given, bound = _bind_columns(_column_types(model, tuple(names)), rows)
        return _execute_binary(f"{into} SELECT {', '.join(cells)} FROM {given}{clauses}", bound, fetch=bool(returning))
    statement = f"{into} VALUES ({', '.join(['%s'] * len(names))}){clauses}"
    return _execute_each(statement, rows, bool(returning))


def update(model: type[models.Model], key: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Update columns of rows by key. The key is the first value of each row."""
    if not rows:
        return
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        cells, given, bound = _bind_columns(_column_types(model, (key, *names)), rows)
        sets = ", ".join(f"{name} = {cell}" for name, cell in zip(names, cells[1:], strict=True))
        _execute_binary(f"UPDATE {table} AS t SET {sets} FROM {given} WHERE t.{key} = c0", bound, fetch=False)
        return
    statement = f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in names)} WHERE {key} = %s"
    _execute_each(statement, [(*row[1:], row[0]) for row in rows], False)


def in_list(values: Collection[int] | Collection[str], kind: str = "bigint") -> RawSQL:
    """Return values for `filter(name__in=...)`, bound as one array. Django would bind each value separately."""
    if connection.vendor == "postgresql":
        return RawSQL(f"SELECT unnest(%s::{kind}[])", [list(values)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(values))])


def column_in(name: str, values: Collection[int] | Collection[str], kind: str = "bigint") -> Func | Q:
    """Return a condition for `filter()` that a column is one of many values.

    The values are bound as one sorted array, so that PostgreSQL scans its index in order; `in_list` gives no order.
    """
    if connection.vendor != "postgresql":
        return Q(**{f"{name}__in": in_list(values, kind)})
    given = RawSQL(f"%s::{kind}[]", [sorted(values)])
    return Func(F(name), given, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


def fetch_rows(found: "QuerySet[Any, _Row]") -> list[_Row]:
    """Return the rows of a `values_list()` of plain columns. Cast JSON columns to text.

    PostgreSQL sends them in binary form. Django's text form takes ten microseconds per timestamp.
    """
    if connection.vendor != "postgresql":
        return list(found)
    try:
        statement, bound = found.query.sql_with_params()
    except EmptyResultSet:
        return []
    return cast(list[_Row], _execute_binary(statement, bound))


def fetch_union(parts: "Iterable[QuerySet[Any, _Row]]") -> list[_Row]:
    """Return the rows of several `values_list()` of like columns, each with an order and a limit, by one statement.

    Django combines no limited querysets on SQLite.
    """
    compiled = [one for part in parts if (one := _compile(part)) is not None]
    if not compiled:
        return []
    statement, bound = _join_union(compiled)
    if connection.vendor == "postgresql":
        return cast(list[_Row], _execute_binary(statement, bound))
    compiler = compiled[0][2]
    converters = compiler.get_converters([expression for expression, _sql, _alias in compiler.select])
    rows = select(statement, *bound)
    return cast(list[_Row], [tuple(row) for row in compiler.apply_converters(rows, converters)] if converters else rows)


def in_union(parts: "Iterable[QuerySet[Any, Any]]") -> RawSQL:
    """Return the values of several limited `values_list()` of one column for `filter(name__in=...)`."""
    compiled = [one for part in parts if (one := _compile(part)) is not None]
    return RawSQL(*_join_union(compiled)) if compiled else RawSQL("SELECT 1 WHERE 1 = 0", [])


def _compile(part: "QuerySet[Any, Any]") -> tuple[str, Sequence[Any], Any] | None:
    """Return SQL, parameters and compiler of a queryset; None if it is known to be empty."""
    compiler = part.query.get_compiler(part.db)
    try:
        statement, bound = compiler.as_sql()
    except EmptyResultSet:
        return None
    return statement, bound, compiler


def _join_union(compiled: Sequence[tuple[str, Sequence[Any], Any]]) -> tuple[str, list[Any]]:
    union = " UNION ALL ".join(f"SELECT * FROM ({one[0]}) AS t{place}" for place, one in enumerate(compiled))
    return union, [value for one in compiled for value in one[1]]


def values_table(*columns: tuple[str, str, Sequence[Any]]) -> tuple[str, list[Any]]:
    """Return SQL of a table to join with and its parameters. Columns are given as name, PostgreSQL type and values."""
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{kind}[]" for _, kind, _ in columns)
        return f"unnest({arrays}) AS given({', '.join(name for name, _, _ in columns)})", [
            list(values) for *_, values in columns
        ]
    cells = ", ".join(f"value ->> {index} AS {name}" for index, (name, _, _) in enumerate(columns))
    rows = [list(map(_sqlite_value, row)) for row in zip(*(values for *_, values in columns), strict=True)]
    return f"(SELECT {cells} FROM json_each(%s)) AS given", [json.dumps(rows)]


def select(statement: str, *bound: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, bound)
        return list(cursor.fetchall())


@cache
def _column_types(model: type[models.Model], names: tuple[str, ...]) -> list[str]:
    by_column = {field.column: field for field in model._meta.concrete_fields}
    return [_base_type(_db_type(by_column[name])) for name in names]


def _db_type(field: "models.Field[Any, Any]") -> str:
    if isinstance(field, models.ForeignKey):
        return str(field.target_field.rel_db_type(connection))
    return str(field.db_type(connection))


def _bind_columns(kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[list[str], str, list[Any]]:
    """Return SQL expressions of the columns, the SQL of their table, and the parameters in order of appearance.

    A constant column is bound as one value, except the first, which is always an array.
    """
    cells, arrays, names, scalars, packed_arrays = [], [], [], [], []
    for index, (kind, column) in enumerate(zip(kinds, zip(*rows, strict=True), strict=True)):
        if index and column.count(column[0]) == len(column):
            cells.append(f"%b::{kind}")
            scalars.append(column[0])
        else:
            cells.append(f"c{index}::{kind}")
            names.append(f"c{index}")
            arrays.append(f"%b::{_element_type(kind)}[]")
            packed_arrays.append(pack_array(_element_type(kind), column))
    return cells, f"unnest({', '.join(arrays)}) AS given({', '.join(names)})", [*scalars, *packed_arrays]


def _base_type(kind: str) -> str:
    return "text" if kind.startswith("varchar") else kind


def _element_type(kind: str) -> str:
    return kind if kind in PACKABLE_TYPES else "text"


def _execute_binary(statement: str, bound: Sequence[Any], *, fetch: bool = True) -> list[tuple[Any, ...]]:
    """Execute a statement and return its rows. The statement casts lists to arrays of text or bigint."""
    from django.db.backends.postgresql import base  # needs the PostgreSQL driver

    cursor_class: Any = base.ServerBindingCursor
    connection.ensure_connection()
    with connection.wrap_database_errors, cursor_class(connection.connection) as cursor:
        cursor.adapters.register_dumper(PackedArray, _dumper())
        cursor.execute(
            statement, [_pack_list(value) if isinstance(value, list) else value for value in bound], binary=fetch
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall() if fetch else []
    return rows


@cache
def _dumper() -> type[Any]:
    from psycopg.adapt import Dumper
    from psycopg.pq import Format

    class AsItIs(Dumper):
        """Send packed bytes unchanged. The cast in the statement gives the type."""

        format = Format.BINARY

        def dump(self, obj: bytes) -> bytes:
            """Return it."""
            return obj

    return AsItIs


def _pack_list(values: list[Any]) -> PackedArray | str:
    """Return a list as a packed array. An empty one has no element type and is sent as text."""
    return pack_array(_LIST_TYPES[type(values[0])], values) if values else "{}"


def _execute_each(statement: str, rows: Sequence[Sequence[Any]], fetch: bool) -> list[tuple[Any, ...]]:
    """Execute a statement for each row. SQLite stores times as UTC text."""
    rows_returned: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        if not fetch:
            cursor.executemany(statement, [tuple(map(_sqlite_value, row)) for row in rows])
            return rows_returned
        for row in rows:
            cursor.execute(statement, tuple(map(_sqlite_value, row)))
            rows_returned.extend(cursor.fetchall())
    return rows_returned


def _sqlite_value(value: Any) -> Any:
    return str(value.astimezone(UTC).replace(tzinfo=None)) if isinstance(value, datetime) else value


def first_rows(query: str, bound: Sequence[tuple[int, ...]]) -> dict[int, int]:
    """Run a one-row query for each tuple of bound values, as one UNION; return the first column -> the second."""
    if not bound:
        return {}
    union = " UNION ALL ".join([f"SELECT * FROM ({query}) AS t"] * len(bound))
    return dict(select(union, *(value for values in bound for value in values)))
