"""Files go when their time is over; an export whose worker was killed is taken up again."""

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.exports.factories import build_export, request_table, verdict
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.exports.export_builder import RETENTION
from fanzha.command.exports.export_file import export_path
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.exports.tasks import DECISION_TIMEOUT, JOBS, STALL_TIMEOUT, remove_expired, resume_stalled
from fanzha.command.web.scheduler import regular_jobs
from fanzha.command.web.scoping import unscoped


def state() -> str:
    return Export._base_manager.get().state


def test_the_jobs_are_found() -> None:
    assert {job.name for job in JOBS} <= regular_jobs().keys()


def test_a_file_is_removed_when_its_time_is_over_once(world: World) -> None:
    verdict(world["carrier"])
    export, now = build_export(request_table(world)), timezone.now()
    with unscoped("test"):
        remove_expired(now + RETENTION - timedelta(minutes=1))
        assert export_path(export.ref).exists()
        for _ in range(2):
            remove_expired(now + RETENTION + timedelta(minutes=1))
    assert not export_path(export.ref).exists() and state() == ExportState.REMOVED
    assert LogEntry._base_manager.filter(kind="export_removed").count() == 1


def test_what_nobody_decides_on_ends(world: World) -> None:
    verdict(world["carrier"])
    request_table(world, unmasked=True)
    with unscoped("test"):
        remove_expired(timezone.now() + DECISION_TIMEOUT - timedelta(minutes=1))
        assert state() == ExportState.TO_APPROVE
        remove_expired(timezone.now() + DECISION_TIMEOUT + timedelta(minutes=1))
    assert state() == ExportState.REMOVED


def test_one_that_stands_still_is_taken_up_again_once(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world)
    Export._base_manager.update(state=ExportState.RUNNING)
    now = timezone.now()
    with unscoped("test"):
        resume_stalled(now + STALL_TIMEOUT + timedelta(seconds=1))
        assert DBTaskResult.objects.count() == 1, "it waits in the queue"
        DBTaskResult.objects.update(status="RUNNING")
        resume_stalled(now)
        assert DBTaskResult.objects.count() == 1
        for _ in range(2):
            resume_stalled(now + STALL_TIMEOUT + timedelta(seconds=1))
    assert DBTaskResult.objects.count() == 2
    assert build_export(export).state == ExportState.DONE
