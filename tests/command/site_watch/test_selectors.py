"""Open candidates stand by score, decided ones by when they were decided."""

from pathlib import Path

from django.utils import timezone
from tests.command.people import World
from tests.command.site_watch.queue import NOW, fill, follow_demo_log, write_settings

from fanzha.base.clock import from_ms
from fanzha.command.site_watch.models import CandidateState
from fanzha.command.site_watch.selectors import find_candidates, find_forks, read_watch
from fanzha.command.site_watch.services import dismiss_candidate, import_candidates
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.store.site_watch import open_site_watch


def test_lists_are_in_order_and_scoped(world: World, home: Path) -> None:
    write_settings(world, home)
    fill(home, "a.example", "b.example", "c.example")
    import_candidates(timezone.now())
    analyst = world.viewer("carrier", Role.ANALYST)
    with scoped_to(analyst):
        rows = list(find_candidates("open"))
        assert [row.subject for row in rows] == ["a.example", "b.example", "c.example"]
        for row in rows[:2]:
            dismiss_candidate(row, analyst, "innocent")
        assert [row.subject for row in find_candidates(CandidateState.DISMISSED)] == ["b.example", "a.example"]
        assert list(find_forks()) == []
    with scoped_to(world.viewer("far_carrier", Role.ANALYST)):
        assert not find_candidates("open").exists()


def test_the_report_has_logs_days_and_budget(home: Path) -> None:
    assert read_watch(timezone.now()) == ([], [], {})
    fill(home, "a.example")
    with open_site_watch(home) as store:
        follow_demo_log(store)
    report = read_watch(from_ms(NOW))
    assert [status.name for status in report.logs] == ["demo"]
    assert report.days[0].new == 20
    assert report.budget == {"icbc.com.cn": (1, 0)}
