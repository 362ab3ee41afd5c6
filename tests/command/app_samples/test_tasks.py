"""Organisations with waiting samples are queued once."""

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.app_samples.samples_made import taken
from tests.command.people import World

from fanzha.command.app_samples.tasks import queue_sample, queue_samples, read_app_samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_who_has_waiting_samples_is_queued_once(world: World) -> None:
    sample = taken(world)
    queue_sample(sample)
    queue_samples(timezone.now())
    assert DBTaskResult.objects.filter(task_path=read_app_samples.module_path).count() == 1
    read_app_samples.func(world["centre"].pk)
    sample.refresh_from_db()
    assert sample.state == "read"
