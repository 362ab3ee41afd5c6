"""Liveness and readiness checks for supervisors and load balancers."""

import os
from functools import cache
from tempfile import TemporaryFile
from threading import Lock
from time import monotonic

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fanzha.command.web.unavailable import RETRY_AFTER_SECONDS
from fanzha.store.state_folder import state_folder

#: How long a check waits for a lock of SQLite.
PROBE_WAIT_MS = 1_000
#: How many bytes a check writes to the state folder.
PROBE_BYTES = 65_536
#: How long the result of a write is reused, so that requests without a login cannot keep the disk busy.
REUSE_SECONDS = 1.0


@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer 200 without any check."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 if the database is fully migrated and can be written, and so can the state folder.

    Else answer 503 with the reason and Retry-After.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
        is_migrated = _is_up_to_date()
    except Error:
        return _not_ready("the database does not answer")
    if not is_migrated:
        return _not_ready("the database waits for migration")
    if why := _write_probe.fault():
        return _not_ready(why)
    return HttpResponse("ok\n", content_type="text/plain")


class WriteProbe:
    """Writes to the database and to the state folder, and reuses the result for `REUSE_SECONDS`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._fault, self._valid_until = "", 0.0

    def fault(self) -> str:
        """Return why nothing can be written, "" if all can."""
        with self._lock:
            if monotonic() >= self._valid_until:
                self._fault = _find_write_fault()
                self._valid_until = monotonic() + REUSE_SECONDS
            return self._fault

    def clear(self) -> None:
        """Forget the result."""
        self._valid_until = 0.0


_write_probe = WriteProbe()


def _find_write_fault() -> str:
    try:
        _write_to_database()
    except Error:
        return "the database is locked or cannot be written"
    try:
        _write_to_state_folder()
    except OSError:
        return "the state folder cannot be written"
    return ""


def _write_to_database() -> None:
    """Commit a write that changes nothing: the user version of SQLite, a transaction number of PostgreSQL."""
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SELECT txid_current()")
            return
        cursor.execute("PRAGMA busy_timeout")
        (wait_ms,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PROBE_WAIT_MS}")
        try:
            cursor.execute("PRAGMA user_version")
            (version,) = cursor.fetchone()
            cursor.execute(f"PRAGMA user_version = {int(version)}")
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(wait_ms)}")


def _write_to_state_folder() -> None:
    with TemporaryFile(dir=state_folder()) as file:
        file.write(bytes(PROBE_BYTES))
        file.flush()
        os.fsync(file.fileno())


def _is_up_to_date() -> bool:
    """Return whether every migration was applied. A positive result is cached in this process."""
    if not _waiting():
        return True
    _waiting.cache_clear()
    return False


@cache
def _waiting() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _not_ready(why: str) -> HttpResponse:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return HttpResponse(f"{why}\n", status=503, content_type="text/plain", headers=headers)
