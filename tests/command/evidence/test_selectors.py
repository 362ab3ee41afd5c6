"""A case is found by any of its references, and each reads of it what he may."""

from tests.command.audit.records import draft
from tests.command.people import World
from tests.command.processes.orders_made import drafted, issued

from fanzha.base.marking import Marking
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.recorder import recorded
from fanzha.command.evidence.selectors import case_entries, group_by_batch
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.command.web.viewer import Viewer


def read(ref: str, viewer: Viewer | None) -> list[str]:
    if viewer is None:
        with unscoped("test"):
            return [row.organisation for row in case_entries(ref, None)]
    with scoped_to(viewer):
        return [row.organisation for row in case_entries(ref, viewer)]


def test_a_process_is_found_by_itself_and_by_its_campaign(world: World) -> None:
    order, other = issued(world), drafted(world)
    assert len(read(order.ref, None)) == 2
    assert len(read(other.ref, None)) == 1
    assert len(read(order.campaign, None)) == 3
    assert read("nothing", None) == []


def test_owner_and_supervisor_read_every_step_and_receivers_their_own(world: World) -> None:
    order = issued(world)
    with recorded() as log:
        log.add(draft(1, world["carrier"].ref, order.ref, kind="step"))
    whole = [world["centre"].ref] * 2 + [world["carrier"].ref]
    assert read(order.ref, world.viewer("centre", Role.REVIEWER)) == whole
    assert read(order.ref, world.viewer("administration", Role.REVIEWER)) == whole
    assert read(order.ref, world.viewer("carrier", Role.REVIEWER)) == [world["carrier"].ref]
    assert read(order.ref, world.viewer("bank", Role.REVIEWER)) == []


def test_a_process_for_named_readers_only_is_not_read_by_supervisors(world: World) -> None:
    order = issued(world)
    ProcessInstance._base_manager.update(marking=Marking.RED)
    for ref in (order.ref, order.campaign):
        assert len(read(ref, world.viewer("centre", Role.REVIEWER))) >= 2
        assert read(ref, world.viewer("administration", Role.REVIEWER)) == []


def test_rows_become_the_entries_that_were_hashed(world: World) -> None:
    issued(world)
    rows = list(LogEntry._base_manager.order_by("place"))
    found = group_by_batch(rows)
    assert [entry.leaf for batch in found.values() for entry in batch] == [bytes(row.leaf) for row in rows]
    assert list(found) == [1, 2]
