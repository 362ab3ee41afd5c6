"""Organisations with waiting reports are queued once."""

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.people import World
from tests.command.reports.reports_made import received

from fanzha.command.reports import tasks
from fanzha.command.reports.models import Report
from fanzha.command.reports.tasks import queue_pictures, queue_waiting, read_report_pictures, read_waiting_reports

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


def test_who_has_pictures_to_read_is_queued_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "is_installed", lambda: True)
    monkeypatch.setattr(tasks, "owners_with_basis", lambda _now: [world["centre"].pk])
    report = received(world, screenshots=["0" * 64])
    queued = DBTaskResult.objects.filter(task_path=read_report_pictures.module_path)
    queue_pictures(timezone.now())
    assert not queued.exists(), "the intake has not opened it yet"
    Report._base_manager.filter(pk=report.pk).update(state="opened")
    for _ in range(2):
        queue_pictures(timezone.now())
    assert queued.count() == 1
