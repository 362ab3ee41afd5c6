"""Who said that a notice was delivered, and how, is on record once."""

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.command.audit.models import LogEntry
from fanzha.command.processes.models import SubjectNotice
from fanzha.command.processes.notices import say_delivered
from fanzha.command.processes.worker import turn
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import everything


def test_a_delivery_is_recorded_once_with_who_said_so(world: World) -> None:
    issued(world)
    turn()
    clerk = actor(world, "centre", Role.CLERK)
    with everything("test"):
        notice = SubjectNotice.objects.select_related("instance").get()
        assert say_delivered(notice, "registered letter", clerk)
        assert not say_delivered(notice, "again", clerk)
        notice.refresh_from_db()
        entries = list(LogEntry.objects.filter(kind="notice_delivered"))
    assert notice.delivered_by == "registered letter" and notice.delivered_at and notice.delivered_at <= timezone.now()
    assert [entry.actor for entry in entries] == [clerk.person]
