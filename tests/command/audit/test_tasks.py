"""The log is anchored every few minutes and read once a day, beside the site."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.audit.records import record

from fanzha.command.audit.models import LogAnchor, LogCheck
from fanzha.command.audit.tasks import CHECK_EVERY, JOBS, check_log, check_when_due
from fanzha.command.web.scheduler import regular_jobs, run_job

pytestmark = pytest.mark.django_db


def test_the_jobs_are_found_and_done() -> None:
    record(1)
    for job in JOBS:
        assert regular_jobs()[job.name] is job and run_job(job)
    assert LogAnchor.objects.count() == 1
    assert [result.task_path for result in DBTaskResult.objects.all()] == [check_log.module_path]


def test_the_task_reads_the_log_and_keeps_what_came_of_it() -> None:
    record(1, 2)
    check_log.call()
    assert [(check.is_whole, check.entries) for check in LogCheck.objects.all()] == [(True, 3)]


def test_a_log_that_was_read_within_a_day_is_not_read_again() -> None:
    check_log.call()
    now = timezone.now()
    check_when_due(now)
    assert not DBTaskResult.objects.exists()
    check_when_due(now + CHECK_EVERY + timedelta(seconds=1))
    assert DBTaskResult.objects.count() == 1
