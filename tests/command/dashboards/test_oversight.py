"""Organisations are compared by rate and never by count; a supervisor sees his own province, the ministry all."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.dashboards.late import late_order
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.command.dashboards.oversight import (
    OversightRate,
    daily_rates,
    legs_late_now,
    overall_rate,
    province_rates,
    receiver_rates,
    recent_rates,
    sum_rates,
)
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped


def test_the_higher_share_stands_first_whatever_the_count(world: World) -> None:
    now = timezone.now()
    late_order(world, ("carrier", "mvno"))
    for _ in range(3):
        issued(world, now, ("carrier",))
    viewer = world.viewer("administration", Role.ANALYST)
    with scoped_to(viewer):
        rates = [
            (receiver.organization, receiver.rate.late, receiver.rate.legs) for receiver in receiver_rates(viewer, now)
        ]
    assert rates == [(world["mvno"], 1, 1), (world["carrier"], 1, 4)]


def test_only_the_own_province_is_seen_and_the_ministry_sees_all(world: World) -> None:
    now = timezone.now()
    late_order(world, ("carrier", "far_carrier"))
    for name, wanted in (("administration", {"51"}), ("ministry", {"51", "33"})):
        viewer = world.viewer(name, Role.ANALYST)
        with scoped_to(viewer):
            assert set(province_rates(viewer, now)) == wanted
            assert {leg.receiver.province for leg in legs_late_now(viewer, now)} == wanted


def test_an_order_took_effect_when_that_was_proven(world: World) -> None:
    now = timezone.now()
    order = issued(world, now, ("carrier",))
    with unscoped("a test looks at all legs"):
        leg = order.legs.get().name
    fire(
        order.ref,
        "report_executed",
        actor(world, "carrier", Role.EXECUTOR),
        {
            "executed_at": int(now.timestamp() * 1000),
            "result": "refused at the switch",
            "proof": upload_for_all([b"refused"]),
        },
        leg=leg,
    )
    viewer = world.viewer("administration", Role.ANALYST)
    with scoped_to(viewer):
        assert sum_rates([receiver.rate for receiver in receiver_rates(viewer, now)]).effect == 0.0
    fire(
        order.ref,
        "prove",
        actor(world, "centre", Role.ANALYST),
        {"method": "record", "proof": upload_for_all([b"a record"])},
        leg=leg,
    )
    with scoped_to(viewer):
        assert sum_rates([receiver.rate for receiver in receiver_rates(viewer, now)]).effect == 1.0


def test_each_of_the_last_days_is_there_with_what_was_asked_on_it(world: World) -> None:
    now = timezone.now()
    issued(world, now, ("carrier",))
    viewer = world.viewer("administration", Role.ANALYST)
    with scoped_to(viewer):
        rates = daily_rates(viewer, now)
    assert len(rates) == 30
    assert rates[timezone.localtime(now).date()] == OversightRate(1, 0, 1, 0)


def test_of_nothing_there_is_no_rate() -> None:
    assert sum_rates([]) == OversightRate(0, 0, 0, 0)
    assert (sum_rates([]).in_time, sum_rates([]).effect) == (None, None)


def test_rates_of_thirty_days_are_counted_once_in_some_minutes(world: World) -> None:
    late_order(world, ("carrier", "far_carrier"))
    now, viewer = timezone.now(), world.viewer("ministry", Role.ANALYST)
    with scoped_to(viewer):
        first = recent_rates(viewer, now)
        with CaptureQueriesContext(connection) as queries:
            again, rate = recent_rates(viewer, now), overall_rate(viewer, now)
    assert len(queries) == 0 and again == first and rate.legs == 2
    assert set(first.provinces) == {"51", "33"} and sum(day.legs for day in first.days.values()) == 2
