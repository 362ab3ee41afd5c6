"""The database itself refuses to change or delete what is on record: triggers, against programs that err.

Whoever owns the database can drop them; that is what the chain and the anchors are for.
"""

from collections.abc import Iterator
from typing import Any

#: Tables that are only added to.
WRITTEN_ONCE = ("evidence_logbatch", "evidence_logentry", "evidence_personalfield", "evidence_loganchor")
#: Of a person's key only its destruction is allowed.
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


def guard(connection: Any) -> None:
    """Put the triggers in place."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def unguard(connection: Any) -> None:
    """Take the triggers away: a database of tests has to be emptied."""
    with connection.cursor() as cursor:
        for table, on in _triggers(connection.vendor):
            suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{on}_refused{suffix}")


def _triggers(vendor: str) -> list[tuple[str, str]]:
    kinds = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")
    return [(table, on) for table in (*WRITTEN_ONCE, KEYS) for on in kinds]


def _statements(vendor: str) -> Iterator[str]:
    if vendor == "postgresql":
        yield _FUNCTION
    for table, on in _triggers(vendor):
        unless = f"WHEN (NOT ({_DESTROYS}))" if (table, on) == (KEYS, "update") else ""
        if vendor == "postgresql":
            each = "FOR EACH STATEMENT" if on == "truncate" else "FOR EACH ROW"
            yield _POSTGRES.format(table=table, on=on, when=f"{each} {unless}")
        else:
            yield _SQLITE.format(table=table, on=on, when=unless)
