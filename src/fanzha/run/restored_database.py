"""The database of a backup: is it one that this program understands, and on PostgreSQL, its tables made and filled."""

from pathlib import Path

import msgspec
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from fanzha.base.errors import WrongCall
from fanzha.command.web.configuration import configuration
from fanzha.run.archive import Manifest
from fanzha.run.database_copy import Migrations, clear_postgres, fill_postgres
from fanzha.store.state_folder import state_folder


def restore_database(tables: str, manifest: str, force: str) -> None:
    """Check the database of an unpacked backup, and fill a PostgreSQL from it. Raises WrongCall."""
    told = msgspec.json.decode(Path(manifest).read_bytes(), type=Manifest)
    refuse_unknown(told.migrations)
    url = configuration(state_folder()).database_url
    if not url:
        return
    if connection.introspection.table_names():
        if not force:
            raise WrongCall(
                f"{settings.DATABASES['default']['NAME']} on PostgreSQL is not empty",
                fix="name another database, or give --force: all its tables are then dropped",
            )
        clear_postgres(url)
    make_tables(told.migrations)
    connection.close()
    fill_postgres(url, Path(tables))


def refuse_unknown(migrations: Migrations) -> None:
    """Raise WrongCall for a database that a newer program has made."""
    known = MigrationExecutor(connection).loader.disk_migrations
    if unknown := [f"{app}.{name}" for app, name in migrations if (app, name) not in known]:
        raise WrongCall(
            f"the backup was made by a newer Fanzha (or with other packages): {unknown[0]} is not known here",
            fix="install the version that made it, or a newer one",
        )


def make_tables(migrations: Migrations) -> None:
    """Make the tables as they were: whatever migrations are newer run when the site is started."""
    executor = MigrationExecutor(connection)
    seen = set(migrations)
    graph = executor.loader.graph
    last = [node for node in seen if not any(child.key in seen for child in graph.node_map[node].children)]
    executor.migrate(sorted(last))
