"""A site in a folder for benchmarks: its state folder, and a PostgreSQL of its own where no other is named."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.site_database import start_server

SETTINGS = (
    "max_wal_size = '2GB'",
    "checkpoint_timeout = '30min'",
    "shared_buffers = '1GB'",
    "work_mem = '16MB'",
    "random_page_cost = 1.1",
)
PASSWORD = "a long pass phrase of the benchmarks"


@contextmanager
def large_site(folder: Path) -> Iterator[None]:
    """Name state folder and database to this process and those that it starts; a server of its own is stopped after."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["FANZHA_HOME"] = str(folder / "home")
    os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
    if os.environ.get("FANZHA_DATABASE_URL"):
        yield
        return
    server, sockets = _started(folder)
    os.environ["FANZHA_DATABASE_URL"] = f"postgresql://postgres@/fanzha?host={sockets}"
    try:
        yield
    finally:
        server.cleanup()


def _started(folder: Path) -> tuple[Any, str]:
    """Start the server, the first time twice: as its settings want it."""
    is_new = not (folder / "pg").exists()
    server, sockets = start_server(folder, cleanup_mode="stop")
    if is_new:
        for line in SETTINGS:
            server.psql(f"ALTER SYSTEM SET {line};")
        server.cleanup()
        server, sockets = start_server(folder, cleanup_mode="stop")
        server.psql("CREATE DATABASE fanzha;")
    return server, sockets
