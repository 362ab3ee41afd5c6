"""An organisation that asked for something is the applicant, whatever roles its people have."""

from tests.command.flows.orders_made import drafted
from tests.command.people import World

from fanzha.command.flows.standings import standings_of
from fanzha.command.organizations.kinds import Role
from fanzha.processes.parties import Standing


def test_the_applicant_is_known_by_the_kept_fact(world: World) -> None:
    order = drafted(world)
    order.situation["facts"]["applicant"] = {"organization": world["outlet"].ref, "kind": "outlet"}
    assert standings_of(order, world.viewer("outlet", Role.CLERK)) == frozenset({Standing.APPLICANT})
    assert standings_of(order, world.viewer("carrier", Role.CLERK)) == frozenset()
