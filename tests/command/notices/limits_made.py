"""Limits and their notices as the tests make them: an order of the centre on a courier's number, carried out."""

from typing import Any

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.command.notices.models import LimitNotice
from fanzha.command.notices.notice_codes import make_notice_code
from fanzha.command.organizations.models import Membership
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.parties import to_actor, to_party
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import Actor

NUMBER, PROOF = "+8617000001234", "1234"


def settle() -> None:
    """Carry out all effects that wait."""
    while deliver_due(timezone.now()):
        pass


def limited(world: World, receivers: tuple[str, ...] = ("carrier",)) -> LimitNotice:
    """The notice of an order that was approved: its target is limited."""
    order = issued(world, receivers=receivers)
    settle()
    return notice_of(order)


def notice_of(instance: ProcessInstance) -> LimitNotice:
    """The only notice of a process."""
    with unscoped("test"):
        rows = LimitNotice.objects.select_related("owner", "notice", "instance__version", "instance__owner")
        return rows.get(instance=instance)


def code_of(notice: LimitNotice) -> str:
    return make_notice_code(notice.ref, notice.generation)


def hearer(world: World, name: str = "centre") -> Actor:
    """A reviewer of another unit, who did not decide on the order."""
    person = world.person(name, Role.DUTY_OFFICER, Role.REVIEWER)
    with unscoped("test"):
        Membership.objects.filter(person=person).update(unit="appeals")
    return to_actor(world.viewer(name, Role.DUTY_OFFICER, Role.REVIEWER)._replace(unit="appeals"))


def decide(world: World, appeal: ProcessInstance, event: str = "uphold", name: str = "centre") -> None:
    """Decide an appeal by another unit."""
    reason = {"reason": "a courier with delivery slips"}
    channel = {"next_channel": "the regulator"} if event == "reject" else {}
    fire(appeal.ref, event, hearer(world, name), reason | channel)
    settle()


def limited_card(world: World) -> LimitNotice:
    """The notice of a card that a carrier limits after a re-check."""
    analyst, reviewer = actor(world, "carrier", Role.ANALYST), actor(world, "carrier", Role.REVIEWER)
    evidence: dict[str, Any] = {"cause": "models", "findings": ("calls",), "card": "+8617000001234"}
    card = open_process("card_rereview", "flag", world["carrier"], analyst, evidence)
    fire(card.ref, "grade", analyst, {"grade": "a", "reason": "in a case"})
    network = (to_party(world["carrier"]),)
    limit = {"measure": "limit", "reason": "calls", "network": network}
    fire(card.ref, "propose_limit", analyst, limit)
    fire(card.ref, "approve_limit", reviewer, {"opinion": "as proposed"})
    settle()
    return notice_of(card)
