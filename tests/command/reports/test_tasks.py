"""Organisations with waiting reports are queued once."""

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.people import World
from tests.command.reports.reports_made import received

from fanzha.command.reports.tasks import queue_waiting, read_waiting_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_who_has_waiting_reports_is_queued_once(world: World) -> None:
    report = received(world)
    queue_waiting(timezone.now())
    queue_waiting(timezone.now())
    assert DBTaskResult.objects.filter(task_path=read_waiting_reports.module_path).count() == 1
    read_waiting_reports.func(world["centre"].pk)
    report.refresh_from_db()
    assert report.state == "opened"
    queue_waiting(timezone.now())
    assert DBTaskResult.objects.filter(task_path=read_waiting_reports.module_path).count() == 1
