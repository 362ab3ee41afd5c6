"""What waits comes up by heat; what slept comes back; late is what nobody has taken in time."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.campaigns.queue import SHOW_WORDS, QueueFilter, campaign_maturities, due_at, queue_page
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer

pytestmark = pytest.mark.django_db


ALL = QueueFilter()


def shown(viewer: Viewer, narrowed: QueueFilter = ALL) -> list[str]:
    """The refs of the first page."""
    with scoped_to(viewer):
        return [row.ref for row in queue_page(narrowed, viewer).rows]


def test_the_hottest_is_first(world: World) -> None:
    cold, hot = campaign(world["carrier"]), campaign(world["carrier"], first=10)
    assert shown(world.viewer("carrier", Role.ANALYST)) == [hot.ref, cold.ref]


def test_campaigns_on_trial_are_told_from_those_that_may_be_acted_on(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    live, trial, early = (campaign(world["carrier"], 2, first=place) for place in (0, 10, 20))
    about = FindingRow._base_manager.filter(subject__placements__campaign__in=[trial, early])
    about.update(mode="shadow", maturity="shadow")
    about.filter(subject__placements__campaign=early).update(maturity="windows_not_full")
    assert shown(viewer, QueueFilter(on_trial=False)) == [live.ref]
    assert shown(viewer, QueueFilter(on_trial=True)) == [early.ref, trial.ref]
    assert campaign_maturities([live, trial, early]) == {
        live.pk: "live",
        trial.pk: "shadow",
        early.pk: "windows_not_full",
    }


def test_pages_by_heat_skip_nothing_where_heats_are_equal(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    rows = {campaign(world["carrier"], 1, first=place * 10, heat=1.5).ref for place in range(7)}
    seen: list[str] = []
    cursor = ""
    with scoped_to(viewer):
        for _ in range(4):
            page = queue_page(QueueFilter(), viewer, cursor, 2)
            seen, cursor = [*seen, *(row.ref for row in page.rows)], page.next
    assert len(seen) == 7 and set(seen) == rows and cursor == ""


def test_what_slept_long_enough_comes_back(world: World) -> None:
    viewer, now = world.viewer("carrier", Role.ANALYST), timezone.now()
    woken = campaign(world["carrier"], state="snoozed", snoozed_until=now - timedelta(minutes=1))
    asleep = campaign(world["carrier"], first=10, state="snoozed", snoozed_until=now + timedelta(hours=1))
    assert shown(viewer) == [woken.ref]
    assert shown(viewer, QueueFilter("snoozed")) == [asleep.ref]
    row = Campaign._base_manager.get(pk=woken.pk)
    assert row.state == CampaignState.OPEN and row.came_back_at is not None


def test_each_part_of_the_queue_shows_its_own(world: World) -> None:
    viewer, now = world.viewer("carrier", Role.ANALYST), timezone.now()
    held = {
        "new": campaign(world["carrier"], first_at=now),
        "late": campaign(world["carrier"], first=10, revision=2),
        "mine": campaign(world["carrier"], first=20, assignee_id=viewer.person, revision=2),
        "confirmed": campaign(world["carrier"], first=30, confirmed_at=now, revision=2, first_at=now),
        "ordered": campaign(world["carrier"], first=40, state="ordered"),
        "set_aside": campaign(world["carrier"], first=50, state="cleared"),
    }
    for show, row in held.items():
        assert shown(viewer, QueueFilter(show)) == [row.ref], show
    assert len(shown(viewer)) == 3 and set(held) < set(SHOW_WORDS)


def test_the_queue_is_narrowed_by_fraud_and_by_what_is_made_up(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    real = campaign(world["carrier"])
    made_up = campaign(world["carrier"], first=10, simulated=True, fraud_type="romance")
    assert (
        shown(viewer, QueueFilter(simulated=True)) == shown(viewer, QueueFilter(fraud_type="romance")) == [made_up.ref]
    )
    assert shown(viewer, QueueFilter(simulated=False)) == [real.ref]


def test_of_others_only_what_may_be_read_is_shown(world: World) -> None:
    row = campaign(world["carrier"])
    asked = QueueFilter(owner=world["carrier"].ref)
    assert shown(world.viewer("administration", Role.ANALYST), asked) == [row.ref]
    assert shown(world.viewer("bank", Role.ANALYST), asked) == []
    assert shown(world.viewer("bank", Role.ANALYST), QueueFilter(owner="nobody")) == []


def test_what_somebody_has_taken_is_not_due(world: World) -> None:
    row = campaign(world["carrier"])
    assert due_at(row) == row.first_at + timedelta(hours=24)
    row.assignee_id = 1
    assert due_at(row) is None


def test_what_is_confirmed_waits_no_longer_but_for_an_order(world: World) -> None:
    row, viewer = campaign(world["carrier"]), world.viewer("carrier", Role.ANALYST)
    row.confirmed_at = timezone.now()
    row.save()
    assert shown(viewer, QueueFilter()) == shown(viewer, QueueFilter("late")) == []
    assert shown(viewer, QueueFilter("confirmed")) == [row.ref]
    assert shown(viewer, QueueFilter("confirmed_yesterday")) == []
    assert due_at(row) is None
