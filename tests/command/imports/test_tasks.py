"""Imports are read beside the site; spared numbers end by themselves."""

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.imports.factories import PORTED, SPARED, counts, handed_in
from tests.command.people import World

from fanzha.command.imports.models import ImportJob, SparedRow
from fanzha.command.imports.services import approve, submit_file
from fanzha.command.imports.tasks import RECHECK_WINDOW, apply_allowlist_decisions, read_import, read_pending
from fanzha.command.web.roles import Role
from fanzha.store.allowlist import load_allowlist


def test_what_waits_is_put_before_a_worker(world: World, django_capture_on_commit_callbacks: object) -> None:
    job = submit_file(world["carrier"], "portability", "t.csv", [PORTED.encode()]).job
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        read_pending(timezone.now())
    assert DBTaskResult.objects.get().args_kwargs["args"] == [job.pk]
    read_import.call(job.pk)
    assert counts(ImportJob._base_manager.get()) == ("done", 2, 0, 0)
    read_pending(timezone.now())
    assert DBTaskResult.objects.count() == 1


def test_spared_numbers_end(world: World) -> None:
    approve(handed_in(world, "spared", SPARED), world.person("carrier", Role.REVIEWER))
    now = timezone.now()
    SparedRow._base_manager.update(until=now - timedelta(seconds=1))
    apply_allowlist_decisions(now)
    assert len(load_allowlist()) == 0


def test_an_approval_that_was_cut_off_before_its_list_counts_later(world: World) -> None:
    """As when the machine stops between the two: the row says done, the list is as before."""
    job = handed_in(world, "spared", SPARED)
    now = timezone.now()
    ImportJob._base_manager.filter(pk=job.pk).update(state="done", decided_at=now - RECHECK_WINDOW - timedelta(days=1))
    assert len(load_allowlist()) == 0
    apply_allowlist_decisions(now)
    assert len(load_allowlist()) == 1
