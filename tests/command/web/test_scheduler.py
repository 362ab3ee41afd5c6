"""Regular jobs are found by folder, done each after its pause, and one that fails holds up no other."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections

from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.scheduler import LONGEST_WAIT_SECONDS, Job, Timetable, regular_jobs, run, run_job

pytestmark = pytest.mark.django_db


def named(name: str, done: list[str], seconds: float = 10) -> Job:
    return Job(name, timedelta(seconds=seconds), lambda now: done.append(name))


def test_jobs_are_found_by_folder_under_their_names() -> None:
    found = regular_jobs()
    assert all(name == job.name and job.every > timedelta() for name, job in found.items())


def test_each_is_done_at_once_and_then_after_its_own_pause() -> None:
    done = list[str]()
    table = Timetable({"a": named("a", done, 10), "b": named("b", done, 25)})
    assert table.turn(1000.0) == 10.0
    assert done == ["a", "b"]
    assert table.turn(1009.0) == 1.0
    assert table.turn(1010.0) == 10.0
    assert done == ["a", "b", "a"]
    table.turn(1026.0)
    assert done == ["a", "b", "a", "a", "b"]


def test_without_jobs_it_waits() -> None:
    assert Timetable({}).turn(5.0) == LONGEST_WAIT_SECONDS


def test_one_that_fails_is_told_of_and_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    def fails(now: datetime) -> None:
        raise OSError("the folder is gone")

    done = list[str]()
    table = Timetable({"fails": Job("fails", timedelta(seconds=10), fails), "goes": named("goes", done)})
    with caplog.at_level(logging.ERROR):
        table.turn(1000.0)
    assert done == ["goes"]
    assert "the job fails failed" in caplog.text and "the folder is gone" in caplog.text


def test_a_job_finds_the_rows_of_all() -> None:
    found = list[int]()
    assert run_job(Job("count", timedelta(minutes=1), lambda now: found.append(ProcessInstance.objects.count())))
    assert found == [0]


@contextmanager
def held_elsewhere(job: Job) -> Iterator[None]:
    """Do a job on another machine: a connection of its own, until the block is over."""
    begun, over = threading.Event(), threading.Event()

    def wait(now: datetime) -> None:
        begun.set()
        over.wait(20)

    def elsewhere() -> None:
        run_job(job._replace(run=wait))
        connections.close_all()

    other = threading.Thread(target=elsewhere)
    other.start()
    try:
        assert begun.wait(20)
        yield
    finally:
        over.set()
        other.join(20)


@pytest.mark.django_db(transaction=True)
def test_on_postgres_another_machine_does_not_do_it_at_the_same_moment() -> None:
    done = list[str]()
    job, other = named("a", done), named("b", done)
    with held_elsewhere(job):
        assert run_job(job) is (connection.vendor == "sqlite")
        assert run_job(other)
    assert run_job(job)


def test_it_stops_when_told() -> None:
    stop = threading.Event()
    stop.set()
    run(stop)
