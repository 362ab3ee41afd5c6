"""Rows of the log are written once, found by those whose organisation they are about, and say what they are."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_scopes.exceptions import ScopeError
from tests.command.audit.records import AT, draft, record
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.base.clock import from_ms
from fanzha.base.marking import Marking
from fanzha.command.audit.models import (
    AnchorCopy,
    LogAnchor,
    LogBatch,
    LogCheck,
    LogEntry,
    LogHead,
    PersonalField,
    PersonKey,
    WrittenOnce,
)
from fanzha.command.audit.recorder import recorded
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.roles import Role


@pytest.mark.django_db
def test_nobody_reads_the_log_without_a_viewer() -> None:
    record(1)
    with pytest.raises(ScopeError):
        LogEntry.objects.count()


def test_an_organisation_reads_its_own_entries_and_those_it_supervises(world: World) -> None:
    for name in ("carrier", "other_carrier", "far_carrier"):
        with recorded() as log:
            log.add(draft(1, world[name].ref))

    def read(name: str) -> set[str]:
        return {entry.organisation for entry in LogEntry.as_read_by(world.viewer(name, Role.REVIEWER))}

    assert read("carrier") == {world["carrier"].ref}
    assert read("administration") == {world["carrier"].ref, world["other_carrier"].ref}
    assert len(read("ministry")) == 3
    assert read("bank") == set()


def test_a_supervisor_reads_nothing_of_a_process_or_campaign_for_named_readers_only(world: World) -> None:
    order = drafted(world)
    restricted, readable = campaign(world["centre"], marking=Marking.RED), campaign(world["centre"], first=10)
    for about in (order.ref, restricted.ref, readable.ref):
        with recorded() as log:
            log.add(draft(1, world["centre"].ref, kind="unmasking")._replace(about=about))

    def read(name: str) -> list[str]:
        entries = LogEntry.as_read_by(world.viewer(name, Role.REVIEWER)).order_by("place")
        return [entry.process or entry.about for entry in entries]

    all_of_it = [order.ref, order.ref, restricted.ref, readable.ref]
    assert read("centre") == all_of_it and read("administration") == [order.ref, order.ref, readable.ref]
    ProcessInstance._base_manager.update(marking=Marking.RED)
    assert read("centre") == all_of_it and read("administration") == [readable.ref]


def test_an_entry_that_is_found_can_be_neither_changed_nor_deleted(world: World) -> None:
    record(1, organisation=world["carrier"].ref)
    entries = LogEntry.as_read_by(world.viewer("carrier", Role.REVIEWER))
    for refuse in (
        entries.delete,
        lambda: entries.update(kind="x"),
        lambda: entries.bulk_update(list(entries), ["kind"]),
    ):
        with pytest.raises(WrittenOnce):
            refuse()


@pytest.mark.django_db
def test_an_entry_knows_its_place_and_moment() -> None:
    record(1, 2)
    last = LogEntry._base_manager.order_by("place").last()
    assert last is not None
    assert (last.batch, last.position, last.moment) == (2, 1, from_ms(AT + 2))
    assert str(last) == "2/1 transition"


@pytest.mark.django_db
def test_a_person_has_one_key_at_a_time() -> None:
    PersonKey.objects.create(person="subject-1", wrapped=b"1")
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonKey.objects.create(person="subject-1", wrapped=b"2")
    PersonKey.objects.update(wrapped=None, erased_at=timezone.now())
    PersonKey.objects.create(person="subject-1", wrapped=b"2")
    assert [str(key) for key in PersonKey.objects.order_by("pk")] == ["subject-1 (erased)", "subject-1"]


@pytest.mark.django_db
def test_a_folder_has_one_copy_of_an_anchor() -> None:
    anchor = LogAnchor.objects.create(number=3, since=0, at=timezone.now(), line="line")
    copy = AnchorCopy.objects.create(anchor=anchor, folder="/mnt/away")
    with pytest.raises(IntegrityError), transaction.atomic():
        AnchorCopy.objects.create(anchor=anchor, folder="/mnt/away")
    assert (str(anchor), str(copy)) == ("3", "3 in /mnt/away")
    with pytest.raises(WrittenOnce):
        anchor.save()


@pytest.mark.django_db
def test_rows_say_what_they_are() -> None:
    record(1)
    batch, head, field = LogBatch.objects.get(), LogHead.objects.get(), PersonalField.objects.get()
    assert str(batch) == str(head) == f"1 {batch.head[:16]}"
    assert str(field) == f"{1 << 20} number"
    at = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    whole = LogCheck(at=at, seconds=1, number=1, head="", entries=1, anchors=0)
    broken = LogCheck(at=at, seconds=1, number=1, head="", entries=1, anchors=0, faults=[[1, 0, "改", "changed"]])
    assert (str(whole), str(broken)) == ("2026-03-01 08:30 whole", "2026-03-01 08:30 not whole")
