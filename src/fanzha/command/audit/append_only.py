"""Database triggers that refuse to change or delete log rows. They protect against faulty programs.

The owner of the database can drop them; the hash chain and the anchors reveal changes made after that.
"""

from collections.abc import Iterator, Sequence
from typing import Any

FIRST_TABLES = ("evidence_logbatch", "evidence_logentry", "evidence_personalfield", "evidence_loganchor")
LATER_TABLES = ("evidence_rowdigests", "evidence_publishedevidence")
#: Tables that accept only inserts. A migration guards those that it creates.
WRITTEN_ONCE = (*FIRST_TABLES, *LATER_TABLES)
#: Table of the persons' keys. It accepts updates that destroy a key, or wrap it under a later key of the installation.
KEYS = "evidence_personkey"

_SQLITE = """
CREATE TRIGGER {table}_{on}_refused BEFORE {on} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION evidence_refused() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRES = "CREATE TRIGGER {table}_{on}_refused BEFORE {on} ON {table} {when} EXECUTE FUNCTION evidence_refused()"
_DESTROYS = "NEW.wrapped IS NULL AND NEW.person = OLD.person AND NEW.id = OLD.id"
_REWRAPS = (
    "NEW.wrapped IS NOT NULL AND OLD.wrapped IS NOT NULL AND NEW.wrapping_key > OLD.wrapping_key"
    " AND NEW.person = OLD.person AND NEW.id = OLD.id"
)


def guard(connection: Any, tables: Sequence[str] = (*FIRST_TABLES, KEYS), *, allows_rewrapping: bool = True) -> None:
    """Create the triggers of tables. `allows_rewrapping` is False before the column `wrapping_key` exists."""
    allowed_update = f"({_DESTROYS}) OR ({_REWRAPS})" if allows_rewrapping else _DESTROYS
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, tables, allowed_update):
            cursor.execute(statement)


def unguard(connection: Any, tables: Sequence[str] = (*WRITTEN_ONCE, KEYS)) -> None:
    """Drop the triggers, so that a test database can be emptied."""
    with connection.cursor() as cursor:
        for table, on in _triggers(connection.vendor, tables):
            suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{on}_refused{suffix}")


def _triggers(vendor: str, tables: Sequence[str]) -> list[tuple[str, str]]:
    kinds = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")
    return [(table, on) for table in tables for on in kinds]


def _statements(vendor: str, tables: Sequence[str], allowed_update: str) -> Iterator[str]:
    if vendor == "postgresql":
        yield _FUNCTION
    for table, on in _triggers(vendor, tables):
        unless = f"WHEN (NOT ({allowed_update}))" if (table, on) == (KEYS, "update") else ""
        if vendor == "postgresql":
            each = "FOR EACH STATEMENT" if on == "truncate" else "FOR EACH ROW"
            yield _POSTGRES.format(table=table, on=on, when=f"{each} {unless}")
        else:
            yield _SQLITE.format(table=table, on=on, when=unless)
