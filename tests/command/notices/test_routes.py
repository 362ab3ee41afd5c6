"""A notice that its route did not deliver in time goes to the next one, and the desks are told."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.notices.limits_made import limited, notice_of
from tests.command.people import World

from fanzha.command.notices.models import LimitNotice
from fanzha.command.notices.routes import advance_routes
from fanzha.command.notices.tasks import JOBS
from fanzha.command.processes.models import Notification
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("home", "in_english")


def messages(notice: LimitNotice) -> list[tuple[str, bool]]:
    with unscoped("test"):
        rows = Notification.objects.filter(path__contains=notice.ref).select_related("owner").order_by("pk")
        return [(row.owner.name_en, row.urgent) for row in rows]


def test_each_deadline_tries_the_next_route_and_tells_owner_and_carrier(world: World) -> None:
    notice, now = limited(world), timezone.now()
    assert messages(notice) == []  # the text of an exercise is not sent, and nobody is told
    assert notice.route == "shop" and advance_routes(now) == 0
    assert advance_routes(now + timedelta(hours=73)) == 1
    assert notice_of(notice.instance).route == "letter"
    assert messages(notice) == [("Example centre", False), ("Example carrier", False)]
    assert advance_routes(now + timedelta(hours=73 + 241)) == 1
    assert messages(notice)[-1] == ("Example carrier", True)


def test_nothing_is_tried_once_the_limit_has_ended(world: World) -> None:
    notice, now = limited(world), timezone.now()
    with unscoped("test"):
        LimitNotice.objects.update(lifted_at=now)
    assert advance_routes(now + timedelta(days=30)) == 0 and notice.route == "shop"


def test_a_job_does_it() -> None:
    assert [job.run for job in JOBS] == [advance_routes]
