"""Figures of campaigns: cleared ones count no victims, losses are those of confirmed ones, scoped by owner."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.dashboards.test_analyst import campaign
from tests.command.people import World

from fanzha.command.campaigns.figures import FraudFigures, tally_campaigns
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def tallied(world: World, name: str) -> FraudFigures:
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer):
        tallies = tally_campaigns(viewer.reads, timezone.now() - timedelta(days=2))
    return FraudFigures.total(one.figures for one in tallies)


def test_losses_are_of_confirmed_campaigns_and_cleared_ones_have_no_victims(world: World) -> None:
    now = timezone.now()
    campaign(world, victims=2, money=100)
    campaign(world, victims=3, money=1000, confirmed_at=now)
    campaign(world, victims=4, money=10_000, state="cleared")
    assert tallied(world, "carrier") == FraudFigures(3, 1, 1, 9, 4, 5, 1000, 1)


def test_merged_and_older_campaigns_are_left_out(world: World) -> None:
    campaign(world, state="merged")
    campaign(world, first_at=timezone.now() - timedelta(days=9))
    assert tallied(world, "carrier") == FraudFigures()


def test_a_supervisor_counts_what_he_may_read_and_others_nothing(world: World) -> None:
    campaign(world)
    campaign(world, marking="red")
    assert [tallied(world, name).campaigns for name in ("carrier", "administration", "other_carrier")] == [2, 1, 0]


def test_the_campaigns_are_found_by_an_index(world: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        tallied(world, "carrier")
    statement = next(one["sql"] for one in queries if "TruncDate" in one["sql"] or "first_at" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{statement}")
        plan = str(cursor.fetchall())
    assert "campaign_first_seen" in plan or connection.vendor != "sqlite"
