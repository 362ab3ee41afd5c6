"""Who waits may urge who keeps him waiting, once an hour, and it is on record."""

from django.utils import timezone
from tests.command.orders.given import leg_of
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.audit.models import LogEntry
from fanzha.command.orders.reminders import may_remind, send_reminder
from fanzha.command.organizations.models import Duty
from fanzha.command.processes.models import Notification
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def test_the_receiver_and_who_is_on_duty_there_are_told_once_an_hour(world: World) -> None:
    leg = leg_of(issued(world))
    officer = world.person("carrier", Role.DUTY_OFFICER)
    now = timezone.now()
    Duty.objects.create(
        organization=world["carrier"],
        officer=officer,
        deputy=world.person("carrier", Role.REVIEWER),
        since=now,
        until=now.replace(year=now.year + 1),
    )
    viewer = world.viewer("centre", Role.ANALYST)
    with unscoped("test"):
        assert send_reminder(leg, viewer) and not send_reminder(leg, viewer)
        notification = Notification.objects.get(key__startswith="urge:")
        assert (
            notification.person == officer and notification.urgent and notification.text_en.startswith("Urged: Order")
        )
        assert LogEntry.objects.filter(kind="urged").count() == 1


def test_owner_and_supervisor_may_others_may_not(world: World) -> None:
    leg = leg_of(issued(world))
    may = {
        name: may_remind(leg, world.viewer(name, role))
        for name, role in (
            ("centre", Role.ANALYST),
            ("administration", Role.REVIEWER),
            ("ministry", Role.INSPECTOR),
            ("carrier", Role.ANALYST),
            ("bank", Role.REVIEWER),
        )
    }
    assert [name for name, allowed in may.items() if allowed] == ["centre", "administration", "ministry"]
    assert not may_remind(leg, world.viewer("centre", Role.CLERK))
