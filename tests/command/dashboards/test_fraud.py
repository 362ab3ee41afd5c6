"""Fraud found by province, type and day; shares need thirty, and few people are never told."""

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.dashboards.test_analyst import campaign
from tests.command.people import World

from fanzha.command.dashboards.fraud import Estimate, RecentFraud, find_withheld, recent_fraud, sum_days
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def found(world: World, name: str) -> RecentFraud:
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer):
        return recent_fraud(viewer, timezone.now())


def test_fraud_stands_in_the_province_of_its_owner_and_on_its_day(world: World) -> None:
    now = timezone.now()
    campaign(world, fraud_type="wangiri")
    campaign(world, fraud_type="phishing", first_at=now - timedelta(days=3))
    campaign(world, fraud_type="phishing")
    fraud = found(world, "ministry")
    assert {code: one.campaigns for code, one in fraud.by_province().items()} == {"51": 3}
    assert [(name, one.campaigns) for name, one in fraud.by_type().items()] == [("phishing", 2), ("wangiri", 1)]
    by_day = [one.campaigns for one in fraud.by_day(now).values()]
    assert (len(by_day), by_day[-1], by_day[-4]) == (30, 2, 1)
    assert fraud.in_province("33").total().campaigns == 0


def test_it_is_counted_once_in_some_minutes(world: World) -> None:
    campaign(world)
    first, viewer = found(world, "administration"), world.viewer("administration", Role.ANALYST)
    with scoped_to(viewer), CaptureQueriesContext(connection) as queries:
        assert recent_fraud(viewer, timezone.now()) == first
    assert len(queries) == 0


def test_a_share_needs_thirty_and_has_an_interval() -> None:
    assert (Estimate(3, 29).share, Estimate(3, 30).share) == (None, 0.1)
    low, high = Estimate(3, 30).interval
    assert 0.03 < low < 0.1 < high < 0.27


def test_few_are_withheld_and_never_one_cell_alone() -> None:
    assert find_withheld({"a": 4, "b": 9, "c": 7, "d": 0}) == {"a", "c"}
    assert find_withheld({"a": 4, "b": 1, "c": 7}) == {"a", "b"}
    assert find_withheld({"a": 5, "b": 0}) == frozenset()


def test_days_are_summed_over_those_before() -> None:
    days = {date(2026, 3, day): (day, 1) for day in range(1, 5)}
    assert sum_days(days, 3) == {date(2026, 3, 3): (6, 3), date(2026, 3, 4): (9, 3)}
