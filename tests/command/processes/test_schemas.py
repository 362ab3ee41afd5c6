"""What the API tells of processes: refs and not row numbers, words in both languages, moments with their zone."""

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import drafted, issued
from tests.command.processes.test_openings import changed

from fanzha.command.processes.list_entries import ListEntryOut
from fanzha.command.processes.models import Leg, ListEntry, ProcessInstance
from fanzha.command.processes.schemas import FollowUpOut, InstanceOut, LegOut
from fanzha.command.web.scoping import unscoped


def test_an_instance_is_told_by_ref_with_words_in_both_languages(world: World) -> None:
    order = issued(world)
    with unscoped("test"):
        told = InstanceOut.of(ProcessInstance.objects.select_related("owner", "version").get(pk=order.pk)).model_dump()
        leg = LegOut.of(Leg.objects.select_related("instance", "receiver").first()).model_dump()  # type: ignore[arg-type]
    assert told["ref"] == order.ref and told["simulated"] is True
    assert world["centre"].ref in str(told) and "执行中" in str(told) and "Being carried out" in str(told)
    assert world["carrier"].ref in str(leg)


def test_a_follow_up_is_told_with_the_process_that_asks_for_it(world: World) -> None:
    follow_up = changed(world)
    told = FollowUpOut.of(follow_up)
    assert (told.process, told.after, told.opened) == ("key_service_recheck", follow_up.instance.ref, None)


def test_an_entry_names_organisations_by_reference(world: World) -> None:
    order, now = drafted(world), timezone.now()
    row = ListEntry(pk=7, owner=world["centre"], instance=order, process="order", facts={"name": "x"}, listed_at=now)
    told = ListEntryOut.of(row)
    assert (told.id, told.owner, told.instance, told.organization) == (7, world["centre"].ref, order.ref, None)
    row.organization = world["platform"]
    assert ListEntryOut.of(row).organization == world["platform"].ref and told.facts == {"name": "x"}
