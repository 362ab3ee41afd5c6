"""Imports are read beside the site; spared numbers end by themselves."""

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.imports.handed import PORTED, SPARED, counts, handed_in
from tests.command.people import World

from fanzha.command.imports.handing_in import approve, hand_in
from fanzha.command.imports.jobs import end_spared, read_import, read_waiting
from fanzha.command.imports.models import ImportJob, SparedRow
from fanzha.command.organizations.kinds import Role
from fanzha.store.spared import spared_numbers


def test_what_waits_is_put_before_a_worker(world: World, django_capture_on_commit_callbacks: object) -> None:
    job = hand_in(world["carrier"], "portability", "t.csv", [PORTED.encode()]).job
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        read_waiting(timezone.now())
    assert DBTaskResult.objects.get().args_kwargs["args"] == [job.pk]
    read_import.call(job.pk)
    assert counts(ImportJob._base_manager.get()) == ("done", 2, 0, 0)
    read_waiting(timezone.now())
    assert DBTaskResult.objects.count() == 1


def test_spared_numbers_end(world: World) -> None:
    approve(handed_in(world, "spared", SPARED), world.person("carrier", Role.REVIEWER))
    now = timezone.now()
    SparedRow._base_manager.update(until=now - timedelta(seconds=1))
    end_spared(now)
    assert len(spared_numbers()) == 0
