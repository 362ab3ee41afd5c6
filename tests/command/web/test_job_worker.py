"""No organisation waits for all jobs of another: the worker takes the queues in turn, with a limit of running jobs."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from fanzha.command.web.job_queue import enqueue, organization_of, queue_name
from fanzha.command.web.job_worker import MAX_JOB_DURATION, FairWorker, fail_killed_jobs, worker_id

pytestmark = pytest.mark.django_db
DONE: list[int] = []


@task()
def note(number: int) -> None:
    """Note that a job ran."""
    DONE.append(number)


@pytest.fixture(autouse=True)
def none_done() -> None:
    DONE.clear()


def served(worker: FairWorker, jobs: int) -> list[str]:
    """Run some jobs, and return their organisations in order."""
    order = []
    for _ in range(jobs):
        job = worker.claim_next()
        assert job is not None
        worker.run_task(job)
        order.append(organization_of(job.queue_name))
    return order


def test_a_single_job_starts_next_while_another_organisation_has_200_waiting() -> None:
    for number in range(200):
        enqueue(note, "A", number)
    worker = FairWorker()
    assert served(worker, 2) == ["A", "A"]
    enqueue(note, "B", 1_000)
    assert served(worker, 2) == ["B", "A"]
    assert DONE == [0, 1, 1_000, 2], "each queue in its own order"


def test_organisations_take_turns() -> None:
    for number in range(3):
        for name in ("A", "B", "C"):
            enqueue(note, name, number)
    order = served(FairWorker(), 9)
    assert all({*order[start : start + 3]} == {"A", "B", "C"} for start in (0, 3, 6))


def test_a_second_worker_runs_another_organisation_and_not_a_second_job_of_the_first() -> None:
    enqueue(note, "A", 1)
    enqueue(note, "A", 2)
    first, second = FairWorker(), FairWorker()
    running = first.claim_next()
    assert running is not None and second.claim_next() is None
    enqueue(note, "B", 3)
    other = second.claim_next()
    assert other is not None and other.queue_name == queue_name("B")
    first.run_task(running)
    again = first.claim_next()
    assert again is not None and again.queue_name == queue_name("A")


def test_more_jobs_of_one_organisation_run_where_the_settings_say_so(home: Path) -> None:
    (home / "fanzha.toml").write_text("[jobs]\nrunning = 2\n")
    for number in range(3):
        enqueue(note, "A", number)
    worker = FairWorker()
    assert worker.claim_next() and worker.claim_next() and worker.claim_next() is None


def test_a_job_that_runs_impossibly_long_blocks_its_queue_no_more() -> None:
    enqueue(note, "A", 1)
    enqueue(note, "A", 2)
    worker = FairWorker()
    assert worker.claim_next() and worker.claim_next() is None
    DBTaskResult.objects.filter(status="RUNNING").update(
        started_at=timezone.now() - MAX_JOB_DURATION - timedelta(seconds=1)
    )
    assert worker.claim_next()


def test_a_job_for_later_waits() -> None:
    note.using(queue_name=queue_name("A"), run_after=timezone.now() + timedelta(hours=1)).enqueue(1)
    assert FairWorker().claim_next() is None


def test_jobs_of_a_killed_worker_of_this_machine_no_longer_count_as_running() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    for number, pid in enumerate((process.pid, os.getpid())):
        enqueue(note, "A", number)
        job = DBTaskResult.objects.get(status="READY")
        job.claim(worker_id(pid))
    assert fail_killed_jobs() == 1
    assert DBTaskResult.objects.get(status="FAILED").worker_ids == [worker_id(process.pid)]
    assert DBTaskResult.objects.get(status="RUNNING").worker_ids == [worker_id(os.getpid())]


@pytest.mark.django_db(transaction=True)
def test_the_loop_runs_what_waits_and_ends_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue(note, "A", 5)
    worker = FairWorker(interval=0.01)

    original = worker.run_task

    def run_and_stop(db_task_result: Any) -> None:
        original(db_task_result)
        worker.running = False

    monkeypatch.setattr(worker, "run_task", run_and_stop)
    worker.run()
    assert DONE == [5]
