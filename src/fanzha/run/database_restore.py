"""Restore the database of a backup: check its migrations; on PostgreSQL create and fill the tables."""

from pathlib import Path

import msgspec
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from fanzha.base.errors import UsageError
from fanzha.command.web.configuration import configuration
from fanzha.run.archive import BackupManifest
from fanzha.run.database_copy import Migrations, clear_postgres, fill_postgres
from fanzha.store.state_folder import state_folder


def restore_database(tables: str, manifest: str, force: str) -> None:
    """Check the database of an unpacked backup, and fill a PostgreSQL from it. Raises UsageError."""
    backup_manifest = msgspec.json.decode(Path(manifest).read_bytes(), type=BackupManifest)
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
    fill_postgres(url, Path(tables))


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
