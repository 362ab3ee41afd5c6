"""An entry of a list is told by what its decision says, with references alone."""

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.command.processes.list_shapes import ListEntryOut
from fanzha.command.processes.models import ListEntry


def test_an_entry_names_organisations_by_reference(world: World) -> None:
    order, now = drafted(world), timezone.now()
    row = ListEntry(pk=7, owner=world["centre"], instance=order, process="order", facts={"name": "x"}, listed_at=now)
    told = ListEntryOut.of(row)
    assert (told.id, told.owner, told.instance, told.organization) == (7, world["centre"].ref, order.ref, None)
    row.organization = world["platform"]
    assert ListEntryOut.of(row).organization == world["platform"].ref and told.facts == {"name": "x"}
