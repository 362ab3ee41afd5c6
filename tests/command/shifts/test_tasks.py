"""Digests are looked for every few minutes, and sent by a background job: the mail server holds no other job up."""

from datetime import UTC, datetime, timedelta

import pytest
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings
from tests.command.people import World

from fanzha.command.shifts.services import choose_digest
from fanzha.command.shifts.tasks import JOBS, queue_digests, send_digests
from fanzha.command.web.roles import Role

#: 9:30 in Shanghai.
NOW = datetime(2026, 3, 4, 1, 30, tzinfo=UTC)


def test_the_job_looks_every_few_minutes() -> None:
    (job,) = JOBS
    assert job.run is queue_digests and job.every.total_seconds() <= 600


@pytest.mark.django_db
def test_one_job_is_queued_if_a_digest_is_due(world: World, settings: Settings) -> None:
    settings.MAIL_IS_SET_UP = True
    jobs = DBTaskResult.objects.filter(task_path=send_digests.module_path)
    queue_digests(NOW)
    assert jobs.count() == 0
    choose_digest("daily", 9, world.viewer("carrier", Role.ANALYST))
    for _ in range(2):
        queue_digests(NOW)
    assert jobs.count() == 1
    jobs.update(status="RUNNING", started_at=NOW - timedelta(hours=2))
    queue_digests(NOW)
    assert jobs.count() == 2
