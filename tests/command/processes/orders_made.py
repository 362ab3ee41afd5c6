"""Orders as the tests make them: drafted, approved, with legs to a carrier and two MVNOs."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.command.processes.models import ProcessInstance, SubjectNotice
from fanzha.command.processes.parties import to_actor, to_party
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import Actor

RECEIVERS = ("carrier", "mvno", "other_mvno")


def actor(world: World, name: str, *roles: Role) -> Actor:
    """Who acts: a person of an organisation of the tests."""
    return to_actor(world.viewer(name, *roles))


def draft_evidence(world: World, at: datetime, receivers: tuple[str, ...] = RECEIVERS) -> dict[str, Any]:
    """What a draft must say."""
    return {
        "target_kind": "number",
        "action": "refuse",
        "subjects": ("+8617000001234",),
        "scope": "outgoing calls",
        "reason": "a burst of calls to strangers",
        "hits": 1,
        "spared": 0,
        "expires_at": to_ms(at + timedelta(days=7)),
        "receivers": tuple(to_party(world[name]) for name in receivers),
    }


def drafted(world: World, at: datetime | None = None, receivers: tuple[str, ...] = RECEIVERS) -> ProcessInstance:
    """An order of the centre that waits for its second person."""
    at = at or timezone.now()
    about = About(title="+86 17•• ••0 1234", campaign="C" * 26, simulated=True)
    return open_process(
        "order",
        "draft",
        world["centre"],
        actor(world, "centre", Role.ANALYST),
        draft_evidence(world, at, receivers),
        about=about,
        at=at,
    )


def issued(world: World, at: datetime | None = None, receivers: tuple[str, ...] = RECEIVERS) -> ProcessInstance:
    """An order that a second person approved; its legs are open."""
    at = at or timezone.now()
    made = drafted(world, at, receivers)
    fire(made.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "as the evidence says"}, at=at)
    made.refresh_from_db()
    return made


def other_notice(instance: ProcessInstance) -> SubjectNotice:
    """A notice of a process that tells of no limit, as what is announced before one."""
    texts = {f"{part}_{language}": "-" for part in ("fact", "basis") for language in ("zh", "en")}
    now = timezone.now()
    with unscoped("test"):
        return SubjectNotice.objects.create(
            key="other", owner=instance.owner, instance=instance, written_at=now, **texts
        )


#: Targets of an order of several kinds: the carrier may act on the first two, the ISP on the third.
MIXED_TARGETS = ("number:+8617000001234", "line:TRUNK-7", "site:shop.example")


def mixed_issued(
    world: World,
    receivers: tuple[str, ...] = ("carrier", "isp"),
    targets: tuple[str, ...] = MIXED_TARGETS,
    site_action: str = "take_down",
    **approval: Any,
) -> ProcessInstance:
    """An approved order on a number, a line and a site, each with an action of its own."""
    at = timezone.now()
    mixed = {"number_action": "refuse", "line_action": "suspend", "site_action": site_action}
    evidence = draft_evidence(world, at, receivers) | {"target_kind": "mixed", **mixed}
    evidence |= {"subjects": targets, "hits": len(targets)}
    del evidence["action"]
    order = open_process(
        "order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence, about=About(simulated=True)
    )
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes", **approval})
    order.refresh_from_db()
    return order
