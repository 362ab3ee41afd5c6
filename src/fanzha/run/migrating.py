"""Bring the database up to date before anything uses it: by one at a time, on this machine and on any other."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

from fanzha.store.private_files import locked
from fanzha.store.state_folder import state_folder

#: Any number, the same wherever Fanzha runs (PostgreSQL's advisory locks are numbers).
_LOCK = 0x66616E7A6861


def migrate() -> None:
    """Make or change the tables as this version wants them. Whoever else does the same is waited for."""
    with locked(state_folder() / "site"), _alone_in_database():
        call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def _alone_in_database() -> Iterator[None]:
    """Hold a lock that other machines see; SQLite has no others."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
