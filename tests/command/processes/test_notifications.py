"""Escalations reach the person on duty, then the regulator of the province; each is told once."""

from datetime import timedelta

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.command.organizations.models import Duty
from fanzha.command.processes.models import Notification, OutboxItem
from fanzha.command.processes.notifications import escalate, supervisors
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def late(world: World, to: str) -> OutboxItem:
    return OutboxItem.objects.create(
        key=f"late:{to}",
        instance=drafted(world),
        step=1,
        effect="escalate",
        payload={"to": to, "deadline": "second_person"},
    )


def test_whoever_is_on_duty_is_told_and_his_deputy_next(world: World) -> None:
    now = timezone.now()
    officer, deputy = world.person("centre", Role.DUTY_OFFICER), world.person("centre", Role.LIAISON)
    Duty.objects.create(
        organization=world["centre"],
        officer=officer,
        deputy=deputy,
        since=now - timedelta(hours=1),
        until=now + timedelta(hours=1),
    )
    with unscoped("test"):
        for to in ("duty_officer", "deputy"):
            item = late(world, to)
            escalate(item)
            escalate(item)
        told = Notification.objects.order_by("id")
        assert [one.person for one in told] == [officer, deputy]
        assert all(one.urgent and one.owner == world["centre"] for one in told)
        assert "Second person" in told[0].text_en and "第二人批准" in told[0].text_zh


def test_with_nobody_on_duty_the_whole_desk_is_told(world: World) -> None:
    with unscoped("test"):
        escalate(late(world, "duty_officer"))
        assert [one.person for one in Notification.objects.all()] == [None]


def test_the_regulator_of_the_province_stands_above_and_the_ministry_above_it(world: World) -> None:
    assert supervisors(world["carrier"]) == [world["administration"]]
    assert supervisors(world["administration"]) == [world["ministry"]]
    assert supervisors(world["far_carrier"]) == [world["ministry"]]
