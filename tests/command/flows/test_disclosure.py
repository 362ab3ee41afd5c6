"""A receiver learns nothing of the other receivers; the owner and his regulator see the whole list."""

from tests.command.flows.orders_made import drafted
from tests.command.people import World

from fanzha.command.flows.disclosure import disclosed
from fanzha.command.organizations.kinds import Role


def test_receivers_see_themselves_alone(world: World) -> None:
    order = drafted(world)
    both = [{"organization": world[name].ref, "kind": name} for name in ("carrier", "isp")]
    given = {"receivers": both, "reason": "a burst", "holder": both[1], "codes": ["a", "b"]}
    carrier = world.viewer("carrier", Role.EXECUTOR)
    assert disclosed(given, order, carrier, world["carrier"].ref) == given | {"receivers": both[:1]}
    for name in ("centre", "administration", "ministry"):
        assert disclosed(given, order, world.viewer(name, Role.ANALYST), world[name].ref) == given
