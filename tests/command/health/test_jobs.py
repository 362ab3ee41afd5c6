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
    own = [queue_name(world["carrier"].ref)]
    found = read_jobs(own, timezone.now() + timedelta(minutes=1), own)
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
    (job,) = read_jobs([queue_name(world["carrier"].ref)], timezone.now() + timedelta(minutes=1), []).failed
    assert words in cause_words(job)


def test_jobs_have_names_for_people() -> None:
    assert (task_words("read_import"), task_words("some_other")) == ("Read an import", "some other")


def test_values_of_people_in_an_error_are_shown_to_nobody(world: World) -> None:
    said = "IntegrityError: duplicate key of 8613800000000\nDETAIL:  Key (value)=(+8613800000000) already exists.\n"
    failed_job(world, "carrier", "make_export", f"Traceback\ndjango.db.utils.{said}", "django.db.utils.IntegrityError")
    queues, later = [queue_name(world["carrier"].ref)], timezone.now() + timedelta(minutes=1)
    (job,) = read_jobs(queues, later, queues).failed
    assert job.error == "django.db.utils.IntegrityError: duplicate key of …"
    (job,) = read_jobs(queues, later, []).failed
    assert job.error == "" and job.error_class == "IntegrityError"
