"""Restore the database of a backup: check its migrations; on PostgreSQL create and fill the tables."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from fanzha.base.errors import UsageError
from fanzha.command.web.configuration import configuration
from fanzha.run.archive import BackupManifest
from fanzha.run.database_copy import Migrations, column_names, table_names
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    import psycopg


def restore_database(tables: Path, manifest: Path, *, force: bool) -> None:
    """Check the database of an unpacked backup, and fill a PostgreSQL from it.

    `tables` is the folder with one file per table. Raise UsageError if the backup is newer than this version, or if the
    database has tables and `force` is not set.
    """
    backup_manifest = msgspec.json.decode(manifest.read_bytes(), type=BackupManifest)
    refuse_unknown_migrations(backup_manifest.migrations)
    url = configuration(state_folder()).database_url
    if not url:
        return
    if connection.introspection.table_names():
        if not force:
            raise UsageError(
                f"{settings.DATABASES['default']['NAME']} on PostgreSQL is not empty",
                fix="name another database, or give --force: all its tables are then dropped",
            )
        clear_postgres(url)
    create_tables(backup_manifest.migrations)
    connection.close()
    fill_postgres(url, tables)


def refuse_unknown_migrations(migrations: Migrations) -> None:
    """Raise UsageError if the backup has migrations that this version does not have."""
    available = MigrationExecutor(connection).loader.disk_migrations
    if unknown := [f"{app}.{name}" for app, name in migrations if (app, name) not in available]:
        raise UsageError(
            f"the backup was made by a newer Fanzha (or with other packages): {unknown[0]} is not known here",
            fix="install the version that made it, or a newer one",
        )


def create_tables(migrations: Migrations) -> None:
    """Apply the migrations of the backup; newer ones run at the next start of the site."""
    executor = MigrationExecutor(connection)
    applied = set(migrations)
    graph = executor.loader.graph
    leaves = [node for node in applied if not any(child.key in applied for child in graph.node_map[node].children)]
    executor.migrate(sorted(leaves))


def clear_postgres(url: str) -> None:
    """Drop every table of the schema."""
    import psycopg

    with psycopg.connect(url) as connection:
        for table in table_names(connection):
            connection.execute(f'DROP TABLE "{table}" CASCADE')


def fill_postgres(url: str, folder: Path) -> None:
    """Replace the rows that migrations inserted by the rows of a backup, in one transaction."""
    import psycopg

    with psycopg.connect(url) as connection:
        for table in table_names(connection):
            connection.execute(f'DELETE FROM "{table}"')
        for path in sorted(folder.glob("*.copy")):
            _copy_rows(connection, path)
        for table in table_names(connection):
            _reset_sequences(connection, table)


def _copy_rows(connection: "psycopg.Connection", path: Path) -> None:
    with path.open("rb") as file:
        names = file.readline().decode().strip()
        with connection.cursor().copy(f'COPY "{path.stem}" ({names}) FROM STDIN') as copy:
            while block := file.read(1 << 20):
                copy.write(block)


def _reset_sequences(connection: "psycopg.Connection", table: str) -> None:
    """Set the sequences of a table to its highest ids."""
    for column in column_names(connection, table):
        (sequence,) = _fetch_row(connection, f"SELECT pg_get_serial_sequence('\"{table}\"', '{column}')")
        if sequence:
            connection.execute(f'SELECT setval(\'{sequence}\', max("{column}")) FROM "{table}"')


def _fetch_row(connection: "psycopg.Connection", query: str) -> tuple[str | None]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row
