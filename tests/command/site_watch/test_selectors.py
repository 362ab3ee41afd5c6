"""Open candidates stand by score, decided ones by when they were decided."""

from pathlib import Path

from django.utils import timezone
from tests.command.campaigns.findings import found
from tests.command.people import World
from tests.command.site_watch.queue import NOW, fill, follow_demo_log, write_settings

from fanzha.base.clock import from_ms
from fanzha.command.campaigns.clustering import cluster_findings
from fanzha.command.captures.models import Capture
from fanzha.command.site_watch.models import CandidateState
from fanzha.command.site_watch.selectors import (
    Sighting,
    WatchReport,
    add_sightings,
    find_candidates,
    find_forks,
    read_watch,
)
from fanzha.command.site_watch.services import dismiss_candidate, import_candidates
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.store.site_watch import MentionCounts, open_site_watch


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
    assert read_watch(timezone.now()) == WatchReport([], [], {}, MentionCounts(0, 0, 0))
    fill(home, "a.example")
    with open_site_watch(home) as store:
        follow_demo_log(store)
    report = read_watch(from_ms(NOW))
    assert [status.name for status in report.logs] == ["demo"]
    assert report.days[0].new == 20
    assert report.budget == {"icbc.com.cn": (1, 0)}


def test_a_candidate_has_its_latest_look_and_the_campaign_of_its_site(world: World, home: Path) -> None:
    write_settings(world, home)
    fill(home, "a.example", "b.example")
    import_candidates(timezone.now())
    owner, now = world["carrier"], timezone.now()
    looks = [
        Capture._base_manager.create(
            owner=owner, url="http://www.a.example/", host="www.a.example", source="watch", asked_at=now, state=state,
            final_url=final_url,
        )
        for state, final_url in (("failed", ""), ("seen", "https://in.a.example/log"))
    ]  # fmt: skip
    with unscoped("test"):
        evidence = {"kits": ["script:ab"]}
        about = found(owner, 1, evidence, subject_kind="website", subject="in.a.example")
        cluster_findings([about], now)
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        first, second = add_sightings(find_candidates("open"))
        assert first.look == looks[1] and first.campaign is not None
        assert (second.look, second.campaign) == (None, None)
    with scoped_to(world.viewer("far_carrier", Role.ANALYST)):
        assert add_sightings([first.candidate]) == [Sighting(first.candidate)]
