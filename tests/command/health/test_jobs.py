"""Only the jobs of the asked queues are read, and the cause of a failure is a sentence."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.health.factories import failed_job
from tests.command.people import World

from fanzha.command.health.jobs import cause_words, read_jobs, task_words
from fanzha.command.web.job_queue import queue_name


def test_only_the_jobs_of_these_queues_are_read(world: World) -> None:
    failed_job(world, "carrier", "make_export", "Traceback\nValueError: no such column\n", "builtins.ValueError")
    failed_job(world, "other_carrier", "make_export")
    found = read_jobs([queue_name(world["carrier"].ref)], timezone.now() + timedelta(minutes=1))
    assert [(job.task, job.error_class, job.error) for job in found.failed] == [
        ("make_export", "ValueError", "ValueError: no such column")
    ]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("", "Its worker was stopped"),
        ("django.db.utils.OperationalError", "The database did not answer"),
        ("builtins.TimeoutError", "The other end did not answer"),
        ("builtins.MemoryError", "too little memory"),
        ("builtins.ZeroDivisionError", "does not know"),
    ],
)
def test_causes_are_sentences(world: World, error: str, words: str) -> None:
    failed_job(world, "carrier", "make_export", error=error)
    (job,) = read_jobs([queue_name(world["carrier"].ref)], timezone.now() + timedelta(minutes=1)).failed
    assert words in cause_words(job)


def test_jobs_have_names_for_people() -> None:
    assert (task_words("read_import"), task_words("some_other")) == ("Read an import", "some other")
