"""Many rows in one statement: the importer writes thousands a second, and Django's own way takes most of that time.

PostgreSQL takes columns as arrays, bound by the server; SQLite takes row after row in one open statement.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import psycopg
from django.db import connection, models

_ARRAYS = {"bigint", "integer", "smallint", "boolean", "double precision", "timestamp with time zone", "bytea"}


def insert(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    conflict: str = "",
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert rows by column name; return the wanted columns of those that were inserted or changed, in any order.

    `conflict` is what follows ON CONFLICT, "" raises. JSON columns take text.
    """
    if not rows:
        return []
    table, said = model._meta.db_table, f" ON CONFLICT {conflict}" if conflict else ""
    said += f" RETURNING {', '.join(returning)}" if returning else ""
    into = f"INSERT INTO {table} ({', '.join(names)})"
    if connection.vendor == "postgresql":
        kinds = _kinds(model, tuple(names))
        arrays = ", ".join(f"%b::{_array_of(kind)}[]" for kind in kinds)
        cells = ", ".join(f"c{place}::{kind}" for place, kind in enumerate(kinds))
        given = ", ".join(f"c{place}" for place in range(len(kinds)))
        statement = f"{into} SELECT {cells} FROM unnest({arrays}) AS x({given}){said}"
        return _on_server(statement, [list(column) for column in zip(*rows, strict=True)], bool(returning))
    statement = f"{into} VALUES ({', '.join(['%s'] * len(names))}){said}"
    return _one_by_one(statement, rows, bool(returning))


def update(model: type[models.Model], key: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set columns of rows by a key that stands first in each row."""
    if not rows:
        return
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        kinds = _kinds(model, (key, *names))
        arrays = ", ".join(f"%b::{_array_of(kind)}[]" for kind in kinds)
        columns = ", ".join(f"c{place}" for place in range(len(kinds)))
        sets = ", ".join(
            f"{name} = x.c{n}::{kind}" for n, (name, kind) in enumerate(zip(names, kinds[1:], strict=True), 1)
        )
        statement = f"UPDATE {table} AS t SET {sets} FROM unnest({arrays}) AS x({columns}) WHERE t.{key} = x.c0"
        _on_server(statement, [list(column) for column in zip(*rows, strict=True)], False)
        return
    statement = f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in names)} WHERE {key} = %s"
    _one_by_one(statement, [(*row[1:], row[0]) for row in rows], False)


def among(values: Iterable[Any]) -> tuple[str, Any]:
    """Return a condition on a column, for many values bound as one, and what is bound."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)", list(values)
    return "IN (SELECT value FROM json_each(%s))", json.dumps(list(values))


def table_of(*columns: tuple[str, str, Sequence[Any]]) -> tuple[str, list[Any]]:
    """Return values as a table to join with, and what is bound: each column by name, PostgreSQL's type and values."""
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{kind}[]" for _, kind, _ in columns)
        return f"unnest({arrays}) AS given({', '.join(name for name, _, _ in columns)})", [
            list(values) for *_, values in columns
        ]
    cells = ", ".join(f"value ->> {place} AS {name}" for place, (name, _, _) in enumerate(columns))
    rows = [list(map(_cell, row)) for row in zip(*(values for *_, values in columns), strict=True)]
    return f"(SELECT {cells} FROM json_each(%s)) AS given", [json.dumps(rows)]


def select(statement: str, *bound: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, bound)
        return list(cursor.fetchall())


@cache
def _kinds(model: type[models.Model], names: tuple[str, ...]) -> list[str]:
    by_column = {field.column: field for field in model._meta.concrete_fields}
    return [_plain(_db_type(by_column[name])) for name in names]


def _db_type(field: "models.Field[Any, Any]") -> str:
    if isinstance(field, models.ForeignKey):
        return str(field.target_field.rel_db_type(connection))
    return str(field.db_type(connection))


def _plain(kind: str) -> str:
    return "text" if kind.startswith("varchar") else kind


def _array_of(kind: str) -> str:
    return kind if kind in _ARRAYS else "text"


def _on_server(statement: str, columns: list[list[Any]], fetch: bool) -> list[tuple[Any, ...]]:
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, columns)
        return cursor.fetchall() if fetch else []


def _one_by_one(statement: str, rows: Sequence[Sequence[Any]], fetch: bool) -> list[tuple[Any, ...]]:
    """Execute for each row; SQLite keeps times as text, in UTC."""
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        if not fetch:
            cursor.executemany(statement, [tuple(map(_cell, row)) for row in rows])
            return found
        for row in rows:
            cursor.execute(statement, tuple(map(_cell, row)))
            found.extend(cursor.fetchall())
    return found


def _cell(value: Any) -> Any:
    return str(value.astimezone(UTC).replace(tzinfo=None)) if isinstance(value, datetime) else value
