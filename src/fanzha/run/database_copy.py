"""Copy a database to files as of one moment, while others write: SQLite by its backup API, PostgreSQL by COPY."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fanzha.run.archive import ArchiveWriter

if TYPE_CHECKING:
    import psycopg

SQLITE_FILE = "fanzha.sqlite3"
TABLES_FOLDER = "database"  # folder of the archive with one file per table

Migrations = tuple[tuple[str, str], ...]
_MIGRATIONS_QUERY = "SELECT app, name FROM django_migrations ORDER BY id"
_TABLES_QUERY = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"


def add_sqlite(archive: ArchiveWriter, path: Path) -> Migrations:
    """Add a SQLite database without blocking writers; return its migrations."""
    return add_sqlite_copy(archive, SQLITE_FILE, path, _MIGRATIONS_QUERY)


def add_sqlite_copy(archive: ArchiveWriter, name: str, path: Path, query: str = "") -> tuple[Any, ...]:
    """Add a SQLite database under a name without blocking writers; return the rows of a query on the copy."""
    with tempfile.TemporaryDirectory(prefix=".fanzha-backup-", dir=path.parent) as folder:
        copy = Path(folder) / path.name
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without a WAL file
            rows = tuple(target.execute(query).fetchall()) if query else ()
        archive.add_file(name, copy)
    return rows


def add_postgres(archive: ArchiveWriter, url: str, folder: Path) -> Migrations:
    """Add every table of the schema as of one moment; return the migrations. Temporary files are made in `folder`."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        for table in table_names(connection):
            with tempfile.TemporaryFile(dir=folder) as file:
                names = ", ".join(f'"{name}"' for name in column_names(connection, table))
                file.write(f"{names}\n".encode())
                with connection.cursor().copy(f'COPY "{table}" ({names}) TO STDOUT') as copy:
                    for block in copy:
                        file.write(block)
                size = file.tell()
                file.seek(0)
                archive.add_stream(f"{TABLES_FOLDER}/{table}.copy", file, size)
        return tuple(connection.execute(_MIGRATIONS_QUERY).fetchall())


def table_names(connection: "psycopg.Connection") -> list[str]:
    """Return the names of all tables of the schema."""
    return [name for (name,) in connection.execute(_TABLES_QUERY).fetchall()]


def column_names(connection: "psycopg.Connection", table: str) -> list[str]:
    """Return the columns of a table without the generated ones."""
    query = (
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position"
    )
    return [name for (name,) in connection.execute(query, [table]).fetchall()]
