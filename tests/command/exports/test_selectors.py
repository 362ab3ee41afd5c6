"""Exports that wait for a second person are found by who may read them, the oldest first."""

from tests.command.exports.factories import request_table, verdict
from tests.command.people import World

from fanzha.command.exports.selectors import exports_to_approve
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_only_exports_that_need_approval_wait(world: World) -> None:
    verdict(world["carrier"])
    first, second = request_table(world, unmasked=True), request_table(world, unmasked=True)
    request_table(world)
    with scoped_to(world.viewer("carrier", Role.REVIEWER)):
        assert list(exports_to_approve()) == [first, second]
    with scoped_to(world.viewer("other_carrier", Role.REVIEWER)):
        assert list(exports_to_approve()) == []
