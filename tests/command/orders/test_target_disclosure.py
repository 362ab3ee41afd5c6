"""Who is to act on an order is handed its targets, and that is on record; what is taken back is what was ordered."""

from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.command.audit.models import LogEntry
from fanzha.command.orders.target_disclosure import disclose_targets
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

NUMBER = "+8617000001234"


def handed(world: World, order: ProcessInstance, name: str) -> list[str] | None:
    viewer = world.viewer(name, Role.EXECUTOR)
    with scoped_to(viewer):
        targets = disclose_targets(order, viewer)
    return None if targets is None else [target.value for target in targets]


def test_who_carries_it_out_has_them_on_record(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    assert handed(world, order, "carrier") == [NUMBER]
    entry = LogEntry._base_manager.get(kind="targets_handed_over")
    assert entry.about == "" and entry.process == order.ref and NUMBER not in entry.facts


def test_who_has_nothing_to_do_gets_none(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    refuses = actor(world, "carrier", Role.REVIEWER)
    fire(order.ref, "refuse", refuses, {"refusal": "impossible", "explanation": "no such line"}, leg="1")
    for name in ("carrier", "centre", "mvno"):
        assert handed(world, order, name) is None
    assert not LogEntry._base_manager.filter(kind="targets_handed_over").exists()
