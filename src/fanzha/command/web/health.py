"""Whether the site lives and whether it can work: for supervisors and load balancers, who learn nothing more."""

from functools import cache

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer, without asking anything else."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and has the tables of this version, else 503 with the reason."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        fresh = _is_up_to_date()
    except Error:
        return _not_ready("the database does not answer")
    return HttpResponse("ok\n", content_type="text/plain") if fresh else _not_ready("the database waits for migration")


def _is_up_to_date() -> bool:
    """Say whether every migration was applied; once it is so, it stays so as long as this process runs."""
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
