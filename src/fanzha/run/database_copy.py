"""A database as files, as of one moment: SQLite by its online backup, PostgreSQL by COPY, both while others write."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from fanzha.run.archive import Writer

if TYPE_CHECKING:
    import psycopg

SQLITE_FILE = "fanzha.sqlite3"
TABLES = "database"  # folder of the archive that holds a file a table

Migrations = tuple[tuple[str, str], ...]
_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY id"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"


def add_sqlite(archive: Writer, path: Path) -> Migrations:
    """Add a SQLite database; whoever writes meanwhile is not held up."""
    with tempfile.TemporaryDirectory(prefix=".fanzha-backup-", dir=path.parent) as folder:
        copy = Path(folder) / SQLITE_FILE
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            migrations = tuple(target.execute(_MIGRATIONS).fetchall())
        archive.add_file(SQLITE_FILE, copy)
    return migrations


def add_postgres(archive: Writer, url: str, beside: Path) -> Migrations:
    """Add every table of the schema, as of one moment; a table lies beside the archive while it is copied."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        for table in tables(connection):
            with tempfile.TemporaryFile(dir=beside) as file:
                names = ", ".join(f'"{name}"' for name in columns(connection, table))
                file.write(f"{names}\n".encode())
                with connection.cursor().copy(f'COPY "{table}" ({names}) TO STDOUT') as copy:
                    for block in copy:
                        file.write(block)
                size = file.tell()
                file.seek(0)
                archive.add_stream(f"{TABLES}/{table}.copy", file, size)
        return tuple(connection.execute(_MIGRATIONS).fetchall())


def tables(connection: "psycopg.Connection") -> list[str]:
    """Return the names of all tables of the schema."""
    return [name for (name,) in connection.execute(_TABLES).fetchall()]


def columns(connection: "psycopg.Connection", table: str) -> list[str]:
    """Return the columns of a table that hold values of their own."""
    asked = (
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position"
    )
    return [name for (name,) in connection.execute(asked, [table]).fetchall()]


def clear_postgres(url: str) -> None:
    """Drop every table of the schema."""
    import psycopg

    with psycopg.connect(url) as connection:
        for table in tables(connection):
            connection.execute(f'DROP TABLE "{table}" CASCADE')


def fill_postgres(url: str, folder: Path) -> None:
    """Put the rows of a backup in place of what migrations put into the tables, in one transaction."""
    import psycopg

    with psycopg.connect(url) as connection:
        for table in tables(connection):
            connection.execute(f'DELETE FROM "{table}"')
        for path in sorted(folder.glob("*.copy")):
            _fill(connection, path)
        for table in tables(connection):
            _go_on_counting(connection, table)


def _fill(connection: "psycopg.Connection", path: Path) -> None:
    with path.open("rb") as file:
        names = file.readline().decode().strip()
        with connection.cursor().copy(f'COPY "{path.stem}" ({names}) FROM STDIN') as copy:
            while block := file.read(1 << 20):
                copy.write(block)


def _go_on_counting(connection: "psycopg.Connection", table: str) -> None:
    """Let new rows be numbered after the highest there is."""
    for column in columns(connection, table):
        (sequence,) = _one(connection, f"SELECT pg_get_serial_sequence('\"{table}\"', '{column}')")
        if sequence:
            connection.execute(f'SELECT setval(\'{sequence}\', max("{column}")) FROM "{table}"')


def _one(connection: "psycopg.Connection", asked: str) -> tuple[str | None]:
    row = connection.execute(asked).fetchone()
    assert row is not None
    return row
