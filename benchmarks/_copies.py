"""Rows of a small database copied many times on the server, so that a small world becomes a large one.

What is copied gets an id, a ref and unique texts of its own; references between copied tables lead to the same copy,
times go back a little with each. Nothing but PostgreSQL's INSERT ... SELECT, without checks of foreign keys.
"""

from collections.abc import Callable, Sequence

from django.db import connection, models
from django.db.models import Field

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REF_LENGTH, _HEAD = 26, 2  # the first letters of a ref, 01 for years to come, tell copies apart: up to 1,022
_BACK = "interval '3 minutes'"
_LATE = 10  # of so many copies the deadlines of one have passed


class Copier:
    """Copies the rows of some tables; `copies` come to what is there."""

    def __init__(self, tables: Sequence[type[models.Model]], copies: int) -> None:
        self._tables, self._copies = tables, copies
        self._strides = {table: _highest(table) for table in tables}

    def stride(self, table: type[models.Model]) -> int:
        """Return by how much the ids of a copy are higher than those of the one before."""
        return self._strides[table]

    def copy(self, table: type[models.Model]) -> None:
        """Copy one table; rows that a constraint keeps single stay so."""
        fields = [field for field in table._meta.concrete_fields if field.column]
        names = ", ".join(f'"{field.column}"' for field in fields)
        cells = ", ".join(self._cell(table, field) for field in fields)
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{table._meta.db_table}" ({names}) SELECT {cells} '
                f'FROM "{table._meta.db_table}" CROSS JOIN generate_series(1, %s) AS copy(k) '
                f"WHERE id <= %s ON CONFLICT DO NOTHING",
                [self._copies, self._strides[table]],
            )

    def _cell(self, table: type[models.Model], field: "Field[object, object]") -> str:
        column = f'"{field.column}"'
        if field.primary_key:
            return f"{column} + k * {self._strides[table]}"
        if field.is_relation:
            target = field.related_model
            return f"{column} + k * {self._strides[target]}" if target in self._strides else column
        if field.name == "due_at":
            return _due(table, column)
        if isinstance(field, models.DateTimeField):
            return f"{column} - k * {_BACK}"
        if isinstance(field, models.JSONField):
            return column
        if isinstance(field, models.CharField) and field.max_length == _REF_LENGTH:
            return f"CASE WHEN length({column}) = {_REF_LENGTH} THEN {ref_of_copy(column)} ELSE {column} END"
        if isinstance(field, models.CharField | models.TextField) and _is_alone(table, field):
            return f"left(md5({column} || k), 32)" if field.max_length == 32 else f"{column} || ':' || k"
        return column

    def finish(self) -> None:
        """Let new rows be numbered after the copies, and let the planner know the tables."""
        with connection.cursor() as cursor:
            for table in self._tables:
                name = table._meta.db_table
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
            cursor.execute("VACUUM ANALYZE")


def ref_of_copy(column: str) -> str:
    """Return the ref of a copy in SQL: that of the original with another beginning."""
    letters = (f"substr('{_ALPHABET}', (k + 1 >> {5 * place} & 31) + 1, 1)" for place in reversed(range(_HEAD)))
    return f"{' || '.join(letters)} || substr({column}, {_HEAD + 1})"


def ref_of(ref: str, copy: int) -> str:
    """Return the same in Python."""
    return "".join(_ALPHABET[copy + 1 >> 5 * place & 31] for place in reversed(range(_HEAD))) + ref[_HEAD:]


def unchecked(copy: Callable[[], None]) -> None:
    """Copy without triggers, checks of foreign keys among them."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        copy()
        cursor.execute("SET session_replication_role = DEFAULT")


def _due(table: type[models.Model], column: str) -> str:
    """Return when a copy is due: later and later, and of some long ago; no worker is to have that much to do."""
    if table._meta.model_name == "timer":
        return f"{column} + interval '30 days' + k * {_BACK}"
    ahead = f"{column} + interval '2 hours' + k * {_BACK}"
    return f"CASE WHEN mod(k, {_LATE}) = 0 THEN {column} - k * {_BACK} ELSE {ahead} END"


def _highest(table: type[models.Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT coalesce(max(id), 0) FROM "{table._meta.db_table}"')
        return int(cursor.fetchone()[0])


def _is_alone(table: type[models.Model], field: "Field[object, object]") -> bool:
    """Say whether a text must not repeat: by itself, or beside nothing that differs between copies."""
    if field.unique:
        return True
    together = [one.fields for one in table._meta.constraints if isinstance(one, models.UniqueConstraint)]
    return any(field.name in fields and not _differ(table, fields) for fields in together)


def _differ(table: type[models.Model], names: Sequence[str]) -> bool:
    owners = {"organization", "person"}
    fields = [table._meta.get_field(name) for name in names]
    return any(f.is_relation and f.related_model._meta.model_name not in owners for f in fields if f.related_model)
