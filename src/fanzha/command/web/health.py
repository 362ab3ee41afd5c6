"""Liveness and readiness checks for supervisors and load balancers."""

from functools import cache

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer 200 without any check."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 if the database is reachable and fully migrated, else 503 with the reason."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        fresh = _is_up_to_date()
    except Error:
        return _not_ready("the database does not answer")
    return HttpResponse("ok\n", content_type="text/plain") if fresh else _not_ready("the database waits for migration")


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
    return HttpResponse(f"{why}\n", status=503, content_type="text/plain")
