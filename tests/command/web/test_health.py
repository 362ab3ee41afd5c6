"""A site that lives says so to anybody; one that cannot work says why, and to nobody more."""

import time
from collections.abc import Iterator
from errno import ENOSPC

import pytest
from django.db import connection
from django.test import Client

from fanzha.command.web import health


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    health._waiting.cache_clear()
    health._write_probe.clear()
    yield
    health._waiting.cache_clear()
    health._write_probe.clear()


def test_it_lives_without_a_database_or_a_login() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["cache-control"]


@pytest.mark.django_db
def test_it_is_ready_with_the_tables_of_this_version() -> None:
    assert Client().get("/readyz").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'organizations'")
    assert Client().get("/readyz").status_code == 200, "what was up to date stays so"


@pytest.mark.django_db
def test_without_a_migration_it_is_not_ready_until_it_has_run() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET app = 'elsewhere' WHERE app = 'organizations'")
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"the database waits for migration\n")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET app = 'organizations' WHERE app = 'elsewhere'")
    assert Client().get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_state_folder_that_cannot_be_written_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(ENOSPC, "no space left on device")

    monkeypatch.setattr(health, "_write_to_state_folder", full)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"the state folder cannot be written\n")
    assert answer["Retry-After"] == "5"


@pytest.mark.django_db
def test_a_write_is_tried_once_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    writes = list[int]()
    monkeypatch.setattr(health, "_write_to_state_folder", lambda: writes.append(1))
    for _ in range(5):
        assert Client().get("/readyz").status_code == 200
    assert len(writes) == 1
    monkeypatch.setattr(health, "monotonic", lambda: time.monotonic() + 1.0)
    assert Client().get("/readyz").status_code == 200
    assert len(writes) == 2


@pytest.mark.django_db
def test_a_check_leaves_the_wait_for_locks_as_it_was() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("of SQLite")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 4321")
        assert Client().get("/readyz").status_code == 200
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (4_321,)
        cursor.execute("PRAGMA busy_timeout = 30000")


def test_nothing_can_be_sent_to_it() -> None:
    assert Client().post("/healthz").status_code == 405
    assert Client().post("/readyz").status_code == 405
