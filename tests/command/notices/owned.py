"""What a carrier has of notices in the access matrix: one of a card that it limits, with a secret statement."""

from typing import Any

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence

from fanzha.command.notices.models import LimitNotice
from fanzha.command.processes.effects import write_notice
from fanzha.command.processes.models import OutboxItem
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def owned(world: World, secret: str) -> Owned:
    """Order on a number, and write the notice of it."""
    evidence: dict[str, Any] = draft_evidence(world, timezone.now(), ("carrier",))
    evidence |= {"reason": secret, "subjects": ("+8617000000088",)}
    about = About(title=secret, simulated=True)
    order = open_process(
        "order", "draft", world["carrier"], actor(world, "carrier", Role.ANALYST), evidence, about=about
    )
    fire(order.ref, "approve", actor(world, "carrier", Role.REVIEWER), {"opinion": secret})
    with unscoped("test"):
        write_notice(OutboxItem.objects.select_related("instance").get(instance=order, effect="notify_subject"))
        notice = LimitNotice.objects.get(instance=order)
        LimitNotice.objects.update(shown=secret)
    appeal = {"channel": "shop", "checked": "identity_card", "text": "a courier"}
    delivery = {"result": "shop", "checked": "identity_card"}
    find = {"query": "+8617000000087", "purpose": "came to the shop"}
    return Owned(
        hidden={"limit-notices/{ref}": notice.ref, "api/v1/notices/{ref}": notice.ref},
        shared={
            "appeal/sent/{ref}": "x" * 26,
            "appeal/sent/{ref}/{number}": 1,
            "appeal/sent/{ref}/{number}/{secret}": "x" * 32,
        },
        bodies={
            "POST limit-notices/find/": find,
            "POST limit-notices/{ref}/delivered/": delivery,
            "POST limit-notices/{ref}/appeal/": appeal,
            "POST api/v1/notices/{ref}/deliveries": delivery,
            "POST api/v1/notices/{ref}/appeal": appeal,
            "POST api/v1/notices/find": find,
        },
    )
