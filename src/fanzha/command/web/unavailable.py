"""Answer 503 with Retry-After while the database is gone, locked or full, and bound the waits of requests for locks."""

import logging
import sys
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as default_server_error

from fanzha.base.storage_faults import find_storage_fault

logger = logging.getLogger(__name__)

#: How long a request waits for a lock. Background workers wait longer.
LOCK_WAIT_SECONDS = 10
#: When a client should try again.
RETRY_AFTER_SECONDS = 5


def is_unavailable(error: BaseException | None) -> bool:
    """Return whether an error means that the database is gone, locked, full, read-only or damaged, or a disk is."""
    if error is None or isinstance(error, OperationalError | InterfaceError):
        return error is not None
    return isinstance(error, OSError | DatabaseError) and find_storage_fault(error) is not None


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page of an unexpected error: 503 if the database is unavailable, else 500. Django calls it for every
    unexpected error."""
    error = sys.exc_info()[1]
    if not is_unavailable(error):
        return default_server_error(request)
    logger.warning("the database or the disk is unavailable: %s", error)
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def limit_lock_waits() -> None:
    """Make every database connection of this process wait for locks at most `LOCK_WAIT_SECONDS`."""
    connection_created.connect(_limit_lock_waits, dispatch_uid="limit_lock_waits")


def _limit_lock_waits(connection: BaseDatabaseWrapper, **_options: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_SECONDS * 1_000}")
        else:
            cursor.execute(f"SET lock_timeout = '{LOCK_WAIT_SECONDS}s'")
