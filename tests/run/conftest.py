"""A PostgreSQL for the tests of this room: it listens on nothing but a socket in its own folder."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.site_database import start_server


@pytest.fixture(scope="module")
def new_database() -> Iterator[Callable[[], str]]:
    """Return what makes an empty database and names it by its URL."""
    folder = Path(tempfile.mkdtemp(prefix="fanzha-tests-"))
    server, sockets = start_server(folder)
    numbers = count()

    def make() -> str:
        name = f"made{next(numbers)}"
        server.psql(f"CREATE DATABASE {name};")
        return f"postgresql://postgres@/{name}?host={quote(sockets)}"

    yield make
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
