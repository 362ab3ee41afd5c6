"""Migrate the database, one process at a time on all machines."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

from fanzha.store.private_files import locked
from fanzha.store.state_folder import state_folder

#: An arbitrary number; PostgreSQL's advisory locks are numbers.
_ADVISORY_LOCK_ID = 0x66616E7A6861


def migrate() -> None:
    """Apply all migrations; wait for another process that is migrating."""
    with locked(state_folder() / "site"), _database_lock():
        call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def _database_lock() -> Iterator[None]:
    """Hold an advisory lock of PostgreSQL; SQLite is used by one machine only and needs none."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK_ID])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK_ID])
