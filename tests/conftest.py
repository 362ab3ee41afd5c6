"""Unit tests touch no network: sockets are blocked (pytest-socket), and hypothesis draws the same cases every time.

Tests that need the site's database get it as it is used: SQLite in a file, or the PostgreSQL that the run started.
"""

import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import django
import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.core.management.commands import flush
from django.db import connections
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker
from tests.password_cost import TEST_COST

import fanzha.command
from fanzha.base import kernels

settings.register_profile(
    "fanzha", deadline=None, derandomize=True, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fuzz", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fanzha")

#: Packages whose apps have tables on the site.
_PACKAGES_WITH_TABLES = ("django-allauth", "django-axes", "django-tasks-db")

kernels.INTERPRETED_ROWS = 0  # tests have few rows and are of the compiled kernels


@pytest.fixture(scope="session")
def migrated_file() -> Path | None:
    """Return where an empty migrated SQLite database is cached, by what its tables depend on; None: it is not cached.

    All migrations of the site take ten seconds to run, in each process that runs a test of it.
    """
    if sys.prefix == sys.base_prefix or not connections["default"].settings_dict["ENGINE"].endswith("sqlite3"):
        return None
    parts = [django.__version__, sqlite3.sqlite_version, *sorted(version(name) for name in _PACKAGES_WITH_TABLES)]
    state = hashlib.sha256(" ".join(parts).encode())
    for path in sorted(Path(fanzha.command.__path__[0]).glob("*/migrations/*.py")):
        state.update(path.name.encode() + path.read_bytes())
    return Path(sys.prefix, "test-databases", f"{state.hexdigest()[:20]}.sqlite3")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, migrated_file: Path | None
) -> None:
    """Keep SQLite in a file and not in memory: threads and other processes open it too."""
    held = connections["default"].settings_dict
    if held["ENGINE"].endswith("sqlite3"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        name = Path(os.environ["FANZHA_HOME"]) / f"test-{worker}.sqlite3"
        held["TEST"]["NAME"] = str(name)
        if migrated_file and migrated_file.exists():
            shutil.copyfile(migrated_file, name)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Use a database that was copied from the cache; its folder ends with the run."""
    name = connections["default"].settings_dict["TEST"]["NAME"]
    return bool(name) and Path(name).exists()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_keepdb: bool,
    django_db_use_migrations: bool,
    migrated_file: Path | None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Let the log's tables be emptied after tests that commit; tests of their triggers put these in place."""
    from fanzha.command.audit.append_only import unguard

    with django_db_blocker.unblock():
        if migrated_file and not django_db_keepdb and django_db_use_migrations:
            _cache_database(migrated_file)
        unguard(connections["default"])


def _cache_database(path: Path) -> None:
    """Copy the database that was just migrated to where later runs find it, in place of older ones."""
    path.parent.mkdir(exist_ok=True)
    for old in path.parent.glob("*.sqlite3"):
        if old != path:
            old.unlink(missing_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    with connections["default"].cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(part)])
    part.replace(path)


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
