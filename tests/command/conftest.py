"""Tests of the site: a world of made-up organisations, on SQLite files or on the PostgreSQL that the run started."""

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker
from tests.command.people import World, make_world

from fanzha.command.evidence.append_only import unguard


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Keep SQLite in a file, as in use, and not in memory: threads and other processes open it too."""
    settings = connections["default"].settings_dict
    if settings["ENGINE"].endswith("sqlite3"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        settings["TEST"]["NAME"] = str(Path(os.environ["FANZHA_HOME"]) / f"test-{worker}.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the log's tables be emptied after tests that commit; tests of their triggers put these in place."""
    with django_db_blocker.unblock():
        unguard(connections["default"])


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Let no test see what another one's pages kept for some minutes."""
    cache.clear()


@pytest.fixture
def world(db: None) -> World:
    """Organisations of every kind."""
    return make_world()
