"""What a carrier has of shifts in the access matrix: a hand-over with a remark."""

from tests.command.access.owning import Owned
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.shifts.services import Item, hand_over
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def owned(world: World, secret: str) -> Owned:
    """Make it."""
    row, viewer = campaign(world["carrier"], 1, first=8600), world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        made, _ = hand_over(
            [Item("campaign", row.ref, secret)], world.person("carrier", Role.REVIEWER).ref, secret, viewer
        )
    return Owned(hidden={"handover/{ref}": made.ref, "api/v1/shifts/handovers/{ref}": made.ref})
