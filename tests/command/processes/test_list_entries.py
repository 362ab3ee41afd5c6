"""Who is listed stands there with what the decision says, for its term; it ends, is kept, and others' are not shown."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.processes.test_api import Caller

from fanzha.base.clock import from_ms, to_ms
from fanzha.command.processes.list_entries import TERM_FIELD, present_entries
from fanzha.command.processes.models import ListEntry, ProcessInstance
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import fire, open_process
from fanzha.command.processes.worker import fire_due_timers
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes import all_processes
from fanzha.processes.effects import Effect
from fanzha.processes.evidence import FieldType

NOW = timezone.now()
ENDS = to_ms(NOW + timedelta(days=300))


def listed(world: World, name: str = "Example platform") -> ProcessInstance:
    """A platform that reported nothing, and was entered on the bad-business list."""
    office = world["administration"]
    opened = {
        "licence_holder": to_party(world["platform"]),
        "year": 2025,
        "report_by": to_ms(timezone.now() + timedelta(seconds=1)),
    }
    report = open_process("annual_report", "open_year", office, actor(world, "administration", Role.INSPECTOR), opened)
    for days in (1, 40, 80):  # not in time, still missing, no answer
        fire_due_timers(NOW + timedelta(days=days))
    decision = {
        "name": name,
        "uscc": "91510000MA00000000",
        "licence_number": "B2-00000000",
        "decided_on": to_ms(NOW),
        "cause": "no yearly report",
        "authority": "Example administration",
        TERM_FIELD: to_ms(NOW + timedelta(days=380)),
    }
    reviewer = actor(world, "administration", Role.REVIEWER)
    fire(report.ref, "enter_list", reviewer, decision, at=NOW + timedelta(days=81))
    deliver_due(NOW + timedelta(days=82))
    return report


def test_an_entry_says_what_its_decision_says_and_whom_until_when(world: World) -> None:
    report = listed(world)
    with unscoped("test"):
        [entry] = present_entries(list(ListEntry.objects.select_related("instance__version", "organization")))
    said = {title.en: value for title, value in entry.facts}
    assert said["USCC"] == "91510000MA00000000" and said["Cause"] == "no yearly report"
    assert "Term ends at" not in said
    assert entry.row.organization == world["platform"] and entry.row.until == from_ms(to_ms(NOW + timedelta(days=380)))
    assert entry.listed_name == str(world["platform"]) and entry.holds and entry.process == report.ref


def test_everybody_reads_entries_of_organisations_and_the_process_behind_only_who_takes_part(world: World) -> None:
    report = listed(world)
    address = reverse("process", args=[report.ref])
    for name, follows in (("administration", True), ("platform", True), ("bank", False)):
        shown = str(world.client(name, Role.ANALYST).get(reverse("lists")).content, "utf-8")
        assert "91510000MA00000000" in shown and str(world["platform"]) in shown
        assert (address in shown) is follows, name


def test_what_ended_is_shown_among_all_alone(world: World) -> None:
    report = listed(world)
    fire_due_timers(NOW + timedelta(days=381))
    deliver_due(NOW + timedelta(days=381, minutes=1))
    report.refresh_from_db()
    assert report.state == "delisted"
    client = world.client("bank", Role.ANALYST)
    assert "91510000MA00000000" not in str(client.get(reverse("lists")).content, "utf-8")
    assert "removed" in str(client.get(reverse("lists"), {"show": "all"}).content, "utf-8")
    assert client.get(reverse("lists"), {"before": "x"}).status_code == 200


def test_by_api_the_same_is_told(world: World) -> None:
    report = listed(world)
    [entry] = Caller(world, "bank", "analyst").get("/list-entries").json()["items"]
    assert entry["organization"] == world["platform"].ref and entry["instance"] == report.ref
    assert entry["facts"]["authority"] == "Example administration" and entry["withdrawn_at"] is None


def test_persons_are_shown_to_those_who_carry_it_out_alone(world: World) -> None:
    opened = {
        "person": "E12345678",
        "cause": "traded",
        "level": "city",
        "document": upload_for_all([b"made up"]),
        "receivers": (to_party(world["bank"]),),
    }
    made = open_process("personal_list", "propose", world["police"], actor(world, "police", Role.ANALYST), opened)
    reviewers = [actor(world, "police", *roles) for roles in ((Role.REVIEWER,), (Role.LIAISON, Role.REVIEWER))]
    fire(made.ref, "announce", reviewers[0], {"announcement": upload_for_all([b"made up"])})
    fire(made.ref, "answer", actor(world, "police", Role.CLERK), {"statement": "a made-up statement"})
    fire(made.ref, "recognise", reviewers[1], {"decision": upload_for_all([b"made up"]), TERM_FIELD: ENDS})
    deliver_due(timezone.now())
    for name, sees in (("police", 1), ("bank", 1), ("platform", 0)):
        with scoped_to(world.viewer(name, Role.ANALYST)):
            rows = list(ListEntry.objects.select_related("instance__version", "organization"))
            assert len(rows) == sees, name
    assert rows == []
    with unscoped("test"):
        [entry] = present_entries(list(ListEntry.objects.select_related("instance__version", "organization")))
    assert "E12345678" not in str(entry) and entry.listed_name == "护照 E1•••••••"
    assert entry.row.about == ProcessInstance._base_manager.get(pk=made.pk).about
    assert [value.en for _, value in entry.facts] == ["Sold, rented or lent cards, lines, ports or accounts", "City"]


def test_the_page_asks_no_more_of_the_database_for_more_entries(world: World) -> None:
    counts = []
    listed(world)
    client = world.client("administration", Role.ANALYST)
    for key in ("second", "third"):
        client.get(reverse("lists"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("lists"))
        counts.append(len(asked))
        with unscoped("test"):
            row = ListEntry.objects.earliest("pk")
            row.pk, row.key = None, key
            row.save()
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", sorted(all_processes()))
def test_whatever_lists_asks_for_a_term_and_ends(name: str) -> None:
    events = all_processes()[name].events.values()
    listing = [event for event in events if Effect.PUBLISH_LIST_ENTRY in event.effects]
    assert all(event.evidence[TERM_FIELD].type is FieldType.MOMENT and event.undo for event in listing)
    assert not listing or any(Effect.WITHDRAW_LIST_ENTRY in event.effects for event in events)
