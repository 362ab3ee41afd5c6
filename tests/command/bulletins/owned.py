"""What a carrier has of bulletins in the access matrix: its part of a draft, and its secret reply to it."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.bulletins.bulletins_made import ReportMonth, leg_of, reports_of_month
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.bulletins.models import Bulletin
from fanzha.command.bulletins.services import draft_bulletin
from fanzha.command.processes.services import fire
from fanzha.command.statistics.selectors import last_month
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def owned(world: World, secret: str) -> Owned:
    """Draft the bulletin of the ministry about the carrier alone; the carrier replies with the secret."""
    now, owner = timezone.now(), world["ministry"]
    month = last_month(now)
    began_at = month.since + timedelta(days=1)
    reports_of_month(world, "carrier", ReportMonth(2, true=1), began_at)
    analyst = actor(world, "ministry", Role.ANALYST)
    ref = draft_bulletin(owner, month, analyst, now).ref
    fire(ref, "send", analyst, {}, at=now)
    with unscoped("test"):
        bulletin = Bulletin.objects.get(ref=ref)
    reply = {"opinion": "agrees", "reply": secret}
    fire(ref, "reply", actor(world, "carrier", Role.ANALYST), reply, leg=leg_of(bulletin, world, "carrier"), at=now)
    return Owned(
        hidden={"monthly-bulletins/{ref}": ref, "api/v1/bulletins/{ref}": ref},
        shared={
            "bulletins/{ref}": ref,
            "bulletins/{ref}/{language}": "en",
            "monthly-bulletins/{ref}/text/{section}": "opening",
            "monthly-bulletins/{ref}/cases/{measure}": "report_settled",
            "api/v1/bulletins/{ref}/texts/{section}": "opening",
            "api/v1/bulletins/{ref}/texts/{section}/{language}": "en",
            "api/v1/bulletins/{ref}/cases/{measure}": "report_settled",
        },
        bodies={
            "POST monthly-bulletins/draft/": {"month": "2026-01"},
            "POST api/v1/bulletins/": {"month": "2026-01"},
        },
    )
