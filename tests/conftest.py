"""Unit tests touch no network: sockets are blocked (pytest-socket), and hypothesis draws the same cases every time.

Tests that need the site's database get it as it is used: SQLite in a file, or the PostgreSQL that the run started.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.core.management.commands import flush
from django.db import connections
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker
from tests.password_cost import TEST_COST

from fanzha.base import kernels

settings.register_profile(
    "fanzha", deadline=None, derandomize=True, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fuzz", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fanzha")

kernels.INTERPRETED_ROWS = 0  # tests have few rows and are of the compiled kernels


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Keep SQLite in a file and not in memory: threads and other processes open it too."""
    held = connections["default"].settings_dict
    if held["ENGINE"].endswith("sqlite3"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        held["TEST"]["NAME"] = str(Path(os.environ["FANZHA_HOME"]) / f"test-{worker}.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the log's tables be emptied after tests that commit; tests of their triggers put these in place."""
    from fanzha.command.audit.append_only import unguard

    with django_db_blocker.unblock():
        unguard(connections["default"])


@pytest.fixture(scope="session", autouse=True)
def nothing_made_anew_after_a_flush() -> Iterator[None]:
    """Leave out permissions and content types, which the site does not use, after each test that commits."""
    from django.contrib.contenttypes.models import ContentType

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_, **__: ContentType.objects.clear_cache())
        yield


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """Hash pass phrases and recovery codes at a low cost: at the site's one takes a quarter of a second."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in TEST_COST.items():
            patch.setattr(ScryptPasswordHasher, name, value)
        yield
