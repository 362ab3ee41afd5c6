"""Whoever is late is urged by one press, once an hour, and the log says so."""

from datetime import timedelta

from django.utils import timezone
from tests.command.desks.late import late_order
from tests.command.flows.orders_made import actor, issued
from tests.command.people import World

from fanzha.command.desks.urging import urge
from fanzha.command.evidence.models import LogEntry
from fanzha.command.flows.models import Leg, Notification
from fanzha.command.organizations.kinds import Role
from fanzha.command.organizations.scoping import everything


def test_the_receiver_is_told_urgently_and_the_log_knows(world: World) -> None:
    now = timezone.now()
    with everything("a test looks at all rows"):
        leg = late_order(world, ("carrier",)).legs.get()
        assert urge(leg, world["administration"], actor(world, "administration", Role.ANALYST), now)
        told = Notification.objects.get(key__startswith="urged:")
        assert (told.owner, told.urgent, told.leg) == (world["carrier"], True, leg.name)
        assert told.text_zh.startswith("催办（示例administration）")
        assert LogEntry.objects.get(kind="urged").organisation == world["administration"].ref


def test_the_same_hour_it_is_not_told_again(world: World) -> None:
    now = timezone.now()
    who = actor(world, "administration", Role.ANALYST)
    with everything("a test looks at all rows"):
        leg = late_order(world, ("carrier",)).legs.get()
        assert urge(leg, world["administration"], who, now)
        assert not urge(leg, world["administration"], who, now)
        assert urge(leg, world["administration"], who, now + timedelta(hours=1))


def test_whoever_is_not_late_is_not_urged(world: World) -> None:
    with everything("a test looks at all rows"):
        leg: Leg = issued(world, receivers=("carrier",)).legs.get()
        assert not urge(leg, world["administration"], actor(world, "administration", Role.ANALYST), timezone.now())
        assert not Notification.objects.filter(key__startswith="urged:").exists()
