"""The sources of an installation are reported every minute, for those who supervise its operator."""

from pathlib import Path

from django.utils import timezone
from tests.command.detection_rules.factories import operate
from tests.command.health.factories import source
from tests.command.health.test_components import write_status
from tests.command.people import World

from fanzha.command.health.selectors import list_components
from fanzha.command.health.tasks import JOBS, report_local
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def names(world: World) -> set[str]:
    with scoped_to(viewer := world.viewer("administration", Role.ANALYST)):
        return {one.row.name for one in list_components(viewer, timezone.now())}


def test_what_detection_says_reaches_those_who_supervise(world: World, home: Path) -> None:
    operate(world)
    write_status(home, at=timezone.now())
    report_local(timezone.now())
    assert {"calls/", "texts/"} <= names(world)


def test_a_damaged_status_changes_nothing(world: World, home: Path) -> None:
    operate(world)
    source(world, "carrier", "kept")
    (home / "watch").mkdir()
    (home / "watch" / "status.json").write_text("{")
    (home / "watch" / "metrics.prom").write_text("")
    report_local(timezone.now())
    assert names(world) == {"kept"}


def test_it_runs_every_minute() -> None:
    (job,) = JOBS
    assert job.run is report_local and job.every.total_seconds() == 60
