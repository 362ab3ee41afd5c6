"""The job that deletes rows is started when a table is due, and not again on the same day."""

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.people import World

from fanzha.command.exports.models import Unmasking
from fanzha.command.privacy.tasks import delete_ended_rows, start_retention
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db


def test_the_job_deletes_and_is_not_due_again(world: World) -> None:
    now = timezone.now()
    with unscoped("test"):
        Unmasking.objects.create(
            owner=world["carrier"], actor="x", subject="S", kind="phone_number", shown="+86", purpose="a call",
            at=now.replace(year=2001),
        )  # fmt: skip
    start_retention(now)
    assert DBTaskResult.objects.get().task_path.endswith("delete_ended_rows")
    delete_ended_rows.call()
    start_retention(now)
    assert DBTaskResult.objects.count() == 1
    assert not Unmasking._base_manager.exists()


def test_a_queued_job_is_not_queued_twice(db: None) -> None:
    start_retention(timezone.now())
    start_retention(timezone.now())
    assert DBTaskResult.objects.count() == 1
