"""What a carrier has of health in the access matrix: a source, and a job that failed."""

from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.health.models import ReportedComponent
from fanzha.command.health.services import report
from fanzha.command.web.job_queue import queue_name


def owned(world: World, secret: str) -> Owned:
    """Report a silent source whose name is the secret, and let a job fail with it."""
    now = timezone.now()
    report(world["carrier"].pk, [ReportedComponent(name=secret, last_at=now)], now)
    job = DBTaskResult.objects.create(
        queue_name=queue_name(world["carrier"].ref),
        status="FAILED",
        task_path="a.module.make_export",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        finished_at=now,
        traceback=f"ValueError: {secret}",
    )
    return Owned(hidden={"health/jobs/{ident}": job.pk, "api/v1/health/jobs/{ident}": job.pk})
