"""A report replaces the last one of its organisation, and a failed job is run again once."""

import pytest
from django.utils import timezone
from tests.command.health.factories import failed_job, source
from tests.command.people import World

from fanzha.command.health.models import ReportedComponent
from fanzha.command.health.services import find_failed_job, report, retry_job
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal


def test_what_is_not_reported_any_more_is_gone_and_a_last_time_stays(world: World) -> None:
    source(world, "carrier", "old")
    source(world, "other_carrier", "theirs")
    now = timezone.now()
    report(world["carrier"].pk, [ReportedComponent(name="new", last_at=now), ReportedComponent(name="odd")], now)
    report(world["carrier"].pk, [ReportedComponent(name="new"), ReportedComponent(name="odd", problem="gone")], now)
    with unscoped("all rows are compared"):
        rows = {row.name: row for row in ReportedComponent.objects.all()}
    assert set(rows) == {"new", "odd", "theirs"}
    assert rows["new"].last_at == now and rows["odd"].last_at is None and rows["odd"].problem == "gone"


def test_a_job_is_started_again_once(world: World) -> None:
    job = failed_job(world, "carrier", "make_export")
    viewer = world.viewer("carrier", Role.DUTY_OFFICER)
    assert find_failed_job(job.pk, viewer) == job
    retry_job(job, viewer)
    with pytest.raises(Refusal, match="started again already"):
        retry_job(job, viewer)
    backtest = failed_job(world, "carrier", "run_backtest")
    assert find_failed_job(backtest.pk, viewer) is None
    with pytest.raises(Refusal, match="role"):
        retry_job(job, world.viewer("carrier", Role.ANALYST))
