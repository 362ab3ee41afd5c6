"""Reported sources and failed jobs for the tests."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.people import World

from fanzha.command.health.models import ReportedComponent
from fanzha.command.health.services import report
from fanzha.command.web.job_queue import queue_name


def source(world: World, owner: str, name: str, *, silent: timedelta = timedelta(), **fields: Any) -> None:
    """Report one source of an organisation as its only component, silent for a while."""
    now = timezone.now()
    report(world[owner].pk, [ReportedComponent(name=name, last_at=now - silent, **fields)], now)


def failed_job(world: World, owner: str, task: str, traceback: str = "", error: str = "") -> Any:
    """Let a job of an organisation have failed just now."""
    return DBTaskResult.objects.create(
        queue_name=queue_name(world[owner].ref),
        status="FAILED",
        task_path=f"a.module.{task}",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        finished_at=timezone.now(),
        traceback=traceback,
        exception_class_path=error,
    )
