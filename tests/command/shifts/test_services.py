"""Campaigns and processes are assigned by who may, handed over at once, on record and with one notification."""

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.processes.orders_made import drafted, issued

from fanzha.command.audit.models import LogEntry
from fanzha.command.campaigns.models import Campaign
from fanzha.command.processes.models import Notification
from fanzha.command.shifts.models import Handover, ProcessAssignment
from fanzha.command.shifts.services import Item, assign, hand_over
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db


def assigned(item: Item, to: str, viewer: Viewer) -> str:
    with scoped_to(viewer):
        return assign(item, to, viewer)


def handed_over(items: list[Item], to: str, viewer: Viewer, remark: str = "") -> tuple[Handover, list[str]]:
    with scoped_to(viewer):
        made, refused = hand_over(items, to, remark, viewer)
    return made, [words.en for words in refused]


def test_a_campaign_is_taken_passed_on_and_put_back(world: World) -> None:
    row, viewer = campaign(world["carrier"], 1), world.viewer("carrier", Role.ANALYST)
    reviewer = world.person("carrier", Role.REVIEWER)
    holders = []
    for to in (world.person("carrier", Role.ANALYST).ref, reviewer.ref, ""):
        assert assigned(Item("campaign", row.ref), to, viewer)
        holders.append(Campaign._base_manager.get().assignee_id)
    assert holders == [viewer.person, reviewer.pk, None]
    with pytest.raises(Refusal, match="was first"):
        assigned(Item("campaign", row.ref, revision=1), reviewer.ref, viewer)
    with pytest.raises(Refusal, match="no role that decides"):
        assigned(Item("campaign", row.ref), world.person("carrier", Role.EXECUTOR).ref, viewer)


def test_a_process_is_assigned_on_record_and_the_colleague_is_told(world: World) -> None:
    order, viewer = drafted(world), world.viewer("centre", Role.DUTY_OFFICER)
    clerk = world.person("centre", Role.CLERK)
    assert assigned(Item("process", order.ref, "please call them"), clerk.ref, viewer) == ""
    row = ProcessAssignment._base_manager.get()
    assert (row.person, row.assigned_by_id, row.note) == (clerk, viewer.person, "please call them")
    assert LogEntry._base_manager.get(kind="assigned").about == order.ref
    (told,) = Notification._base_manager.filter(person=clerk)
    assert told.text_en.startswith("Assigned to you: Order") and told.path == f"/processes/{order.ref}/"
    assigned(Item("process", order.ref), "", viewer)
    assert not ProcessAssignment._base_manager.exists()


def test_who_does_not_decide_takes_what_is_nobodys_and_passes_on_his_own(world: World) -> None:
    order, clerk = drafted(world), world.viewer("centre", Role.CLERK)
    own, executor = world.person("centre", Role.CLERK), world.person("centre", Role.EXECUTOR)
    with pytest.raises(Refusal, match="not yours"):
        assigned(Item("process", order.ref), executor.ref, clerk)
    assigned(Item("process", order.ref), own.ref, clerk)
    assigned(Item("process", order.ref), executor.ref, clerk)
    with pytest.raises(Refusal, match="not yours"):
        assigned(Item("process", order.ref), own.ref, clerk)
    with pytest.raises(Refusal, match="role"):
        assigned(Item("campaign", campaign(world["centre"], 1).ref), own.ref, clerk)


def test_each_organisation_assigns_its_own_people(world: World) -> None:
    order = issued(world)
    for name in ("centre", "carrier"):
        assigned(Item("process", order.ref), world.person(name, Role.REVIEWER).ref, world.viewer(name, Role.ANALYST))
    assert ProcessAssignment._base_manager.count() == 2
    with pytest.raises(Refusal, match="colleague"):
        assigned(
            Item("process", order.ref), world.person("carrier", Role.ANALYST).ref, world.viewer("centre", Role.ANALYST)
        )
    for item in (Item("process", order.ref), Item("page", order.ref)):
        with pytest.raises(Refusal, match="there is no such"):
            assigned(item, "", world.viewer("bank", Role.ANALYST))


def test_a_shift_is_handed_over_at_once_with_one_notification(world: World) -> None:
    row, order, viewer = campaign(world["centre"], 1), drafted(world), world.viewer("centre", Role.ANALYST)
    reviewer = world.person("centre", Role.REVIEWER)
    items = [Item("campaign", row.ref, "hot"), Item("process", order.ref), Item("process", "nothing")]
    made, refused = handed_over(items, reviewer.ref, viewer, "a quiet night")
    assert refused == ["there is no such process, or it has ended"]
    assert [one["ref"] for one in made.items] == [row.ref, order.ref] and made.items[0]["note"] == "hot"
    assert Campaign._base_manager.get().note == "hot"
    assert ProcessAssignment._base_manager.get().person == reviewer
    (told,) = Notification._base_manager.filter(person=reviewer)
    assert told.text_en == "centre analyst hands over the shift to you: 2 items"
    assert told.path == f"/handover/{made.ref}/"
    entry = LogEntry._base_manager.get(kind="shift_handed_over")
    assert order.ref in entry.facts and "quiet" not in entry.facts


def test_what_cannot_be_handed_over(world: World) -> None:
    viewer, own = world.viewer("carrier", Role.ANALYST), world.person("carrier", Role.ANALYST)
    reviewer = world.person("carrier", Role.REVIEWER)
    item = Item("campaign", campaign(world["carrier"], 1).ref)
    for items, to in (
        ([], reviewer.ref),
        ([item], own.ref),
        ([item], "nobody"),
        ([Item("process", "x")], reviewer.ref),
    ):
        with pytest.raises(Refusal):
            handed_over(items, to, viewer)
    assert not Handover._base_manager.exists()
