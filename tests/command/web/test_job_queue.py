"""Jobs of an organisation wait in its own queue, up to a limit; beyond it a request is refused with Retry-After."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult
from tests.command.exports.factories import verdict
from tests.command.people import World

from fanzha.command.web.job_queue import (
    RETRY_AFTER_SECONDS,
    QueueFull,
    check_room,
    count_waiting,
    enqueue,
    organization_of,
    queue_name,
    queue_states,
    queued_arguments,
)
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db
REF = "01M8C63W8Q1DX9PAB9Z952V756"


@task()
def nothing(number: int) -> None:
    """Do nothing."""


def limit(home: Path, waiting: int) -> None:
    (home / "fanzha.toml").write_text(f"[jobs]\nwaiting = {waiting}\n")


def test_a_job_waits_in_the_queue_of_its_organisation() -> None:
    enqueue(nothing, REF, 7)
    job = DBTaskResult.objects.get()
    assert job.queue_name == queue_name(REF) and organization_of(job.queue_name) == REF
    assert organization_of("default") == ""
    assert queued_arguments(nothing) == {(7,)} and count_waiting(REF) == 1


def test_jobs_beyond_the_limit_are_refused_with_the_time_to_try_again(home: Path) -> None:
    limit(home, 2)
    for number in range(2):
        check_room(REF)
        enqueue(nothing, REF, number)
    with pytest.raises(QueueFull, match="too_many") as refused:
        check_room(REF)
    assert refused.value.retry_after == RETRY_AFTER_SECONDS and "2 waiting background jobs" in str(refused.value.detail)
    check_room("another organisation")


def test_waiting_and_running_jobs_are_counted_by_queue() -> None:
    enqueue(nothing, REF, 1)
    enqueue(nothing, REF, 2)
    nothing.enqueue(3)
    DBTaskResult.objects.filter(queue_name=queue_name(REF)).first().claim("a-1")  # type: ignore[union-attr]
    states = queue_states()
    assert (states[queue_name(REF)].waiting, states[queue_name(REF)].running) == (1, 1)
    assert states["default"].waiting == 1 and states["default"].oldest_at is not None


def test_a_job_that_is_planned_for_later_does_not_wait_yet() -> None:
    nothing.using(run_after=timezone.now() + timedelta(days=1)).enqueue(1)
    assert queue_states() == {}


def export(client: Client) -> int:
    answer = client.post("/exports/new/", {"table": "subjects", "purpose": "a report"})
    return answer.status_code


def test_a_page_that_asks_for_one_more_job_is_refused_for_this_organisation_alone(world: World, home: Path) -> None:
    limit(home, 1)
    for name in ("carrier", "other_carrier"):
        verdict(world[name])
    client = world.client("carrier", Role.ANALYST)
    assert export(client) == 302
    answer = client.post("/exports/new/", {"table": "subjects", "purpose": "a report"})
    assert answer.status_code == 429 and answer["Retry-After"] == str(RETRY_AFTER_SECONDS)
    assert export(world.client("other_carrier", Role.ANALYST)) == 302
