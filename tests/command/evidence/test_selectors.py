"""A case is found by any of its references, and each reads of it what he may."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.audit.records import draft, record
from tests.command.people import World
from tests.command.processes.orders_made import drafted, issued

from fanzha.base.marking import Marking
from fanzha.command.audit.models import LogBatch, LogEntry
from fanzha.command.audit.recorder import recorded
from fanzha.command.evidence.selectors import LogFilter, case_entries, entry_page, filter_entries
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
    order, draft_order = issued(world), drafted(world)
    assert len(read(order.ref, None)) == 2
    assert len(read(draft_order.ref, None)) == 1
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


# The log is narrowed by case, person, kind and time, and read page after page without a gap.


@pytest.fixture(autouse=True)
def all_is_seen(db: None) -> object:
    with unscoped("test"):
        yield


def places(narrowed: LogFilter) -> list[tuple[int, int]]:
    return [(row.batch, row.position) for row in entry_page(narrowed).rows]


def test_a_case_is_a_process_or_what_it_is_about() -> None:
    record(4)
    assert places(LogFilter(case="process-1")) == [(1, 3), (1, 1)]
    assert places(LogFilter(case="campaign-0")) == [(1, 3), (1, 0)]
    assert places(LogFilter(case="another")) == []


def test_a_person_is_named_by_mail_name_or_reference(world: World) -> None:
    person = world.person("carrier", Role.REVIEWER)
    with recorded() as log:
        log.extend([draft(1)._replace(actor=person.ref), draft(3), draft(5)._replace(actor="system")])
    for asked in (person.email.upper(), person.name[:9], person.ref):
        assert places(LogFilter(person=asked)) == [(1, 0)]
    assert places(LogFilter(person="system")) == [(1, 2)]
    assert places(LogFilter(person="nobody")) == []


def test_a_kind_is_found_alone() -> None:
    with recorded() as log:
        log.extend([draft(1, kind="step"), draft(3, kind="unmasking")])
    assert places(LogFilter(kind="unmasking")) == [(1, 1)]


def test_a_rare_kind_is_found_without_reading_all_that_an_organisation_did(world: World) -> None:
    record(40, organisation=world["carrier"].ref)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("ANALYZE")
    with scoped_to(world.viewer("carrier", Role.REVIEWER)):
        rows = filter_entries(LogEntry.objects.all(), LogFilter(kind="unmasking")).order_by("-place")[:51]
        assert "entry_of_kind" in rows.explain()


def test_time_is_that_of_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime(2026, 3, 1, tzinfo=UTC)
    for day in range(3):
        moment = began + timedelta(days=day)
        monkeypatch.setattr("time.time_ns", lambda at=moment: int(at.timestamp()) * 1_000_000_000)
        record(1)
    assert LogBatch.objects.count() == 3
    assert places(LogFilter(since=began + timedelta(days=1))) == [(3, 0), (2, 0)]
    assert places(LogFilter(until=began + timedelta(days=1))) == [(1, 0)]
    assert places(LogFilter(since=began + timedelta(hours=1), until=began + timedelta(hours=30))) == [(2, 0)]
    assert places(LogFilter(since=began + timedelta(days=9))) == []
    assert places(LogFilter(until=timezone.now() + timedelta(days=9))) == [(3, 0), (2, 0), (1, 0)]


def test_pages_follow_each_other_without_a_gap() -> None:
    record(3, 4)
    places_seen, cursor = [], None
    while True:
        page = entry_page(LogFilter(), cursor, size=3)
        places_seen += [row.place for row in page.rows]
        if (cursor := page.next) is None:
            break
    assert len(places_seen) == 7 and places_seen == sorted(places_seen, reverse=True)
