"""What a carrier has on the desks in the access matrix: an order of its own that a receiver lets wait."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.dashboards.late import pass_all
from tests.command.people import World
from tests.command.processes.orders_made import draft_evidence

from fanzha.command.processes.parties import to_actor
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def owned(world: World, secret: str) -> Owned:
    """Make the order, two hours old."""
    at = timezone.now() - timedelta(hours=2)
    analyst, reviewer = (to_actor(world.viewer("carrier", role)) for role in (Role.ANALYST, Role.REVIEWER))
    evidence = draft_evidence(world, at, ("mvno",)) | {"reason": secret}
    with unscoped("the owner's rows are planted"):
        process = open_process("order", "draft", world["carrier"], analyst, evidence, about=About(title=secret), at=at)
        fire(process.ref, "approve", reviewer, {"opinion": secret}, at=at)
        pass_all(process, timezone.now())
        leg = process.legs.get()
    return Owned(hidden={"province/urge/{leg}": leg.pk}, shared={"province/{code}": "51", "wall/{code}": "51"})
