"""An analyst finds five campaigns and not all, his own, and what came of yesterday."""

from datetime import timedelta

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.command.campaigns.models import Campaign
from fanzha.command.dashboards.analyst import analyst_dashboard, count_yesterday
from fanzha.command.dashboards.dashboard import Dashboard
from fanzha.command.processes.models import FalseDisposal
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped


def campaign(world: World, heat: float = 1.0, **fields: object) -> Campaign:
    now = timezone.now()
    told = {"tie_kind": "trunk", "tie_value": "T1", "first_at": now, "last_at": now, "findings": 3, "subjects": 2}
    with unscoped("a test makes campaigns"):
        campaigns: Campaign = Campaign.objects.create(owner=world["carrier"], heat=heat, **{**told, **fields})
    return campaigns


def desk(world: World) -> Dashboard:
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        return analyst_dashboard(viewer, actor(world, "carrier", Role.ANALYST), timezone.now())


def test_five_campaigns_stand_there_the_hottest_first(world: World) -> None:
    campaigns = [campaign(world, heat) for heat in (1, 7, 3, 5, 2, 6)]
    clear = desk(world).listings[0]
    assert [row.href for row in clear.rows] == [f"/campaigns/{campaigns[index].ref}/" for index in (1, 5, 3, 2, 4)]
    assert desk(world).figures[0].number == "6"


def test_what_one_took_is_his(world: World) -> None:
    assigned = campaign(world, assignee=world.person("carrier", Role.ANALYST))
    mine = desk(world).listings[1]
    assert [row.href for row in mine.rows] == [f"/campaigns/{assigned.ref}/"]


def test_yesterday_counts_what_was_confirmed_and_what_was_restored(world: World) -> None:
    now = timezone.now()
    before = now - timedelta(days=1)
    campaign(world, confirmed_at=before)
    campaign(world, confirmed_at=now)
    with unscoped("a test makes a wrong disposal"):
        order = issued(world, before, ("carrier",))
        FalseDisposal.objects.create(key="x", owner=world["carrier"], instance=order, event="roll_back", at=before)
        FalseDisposal.objects.create(key="y", owner=world["centre"], instance=order, event="roll_back", at=before)
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        assert count_yesterday(viewer, now) == (1, 1)


def test_what_slept_long_enough_is_counted_and_late_from_when_it_came_back(world: World) -> None:
    now = timezone.now()
    for days in (1, 3):
        campaign(world, days, state="snoozed", snoozed_until=now - timedelta(days=days), first_at=now)
    dashboard = desk(world)
    assert [figure.number for figure in dashboard.figures[:2]] == ["2", "2"] and len(dashboard.listings[0].rows) == 2
