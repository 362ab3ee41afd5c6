"""The log is narrowed by case, person, kind and time, and read page after page without a gap."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.audit.records import draft, record
from tests.command.people import World

from fanzha.command.audit.models import LogBatch, LogEntry
from fanzha.command.audit.recorder import recorded
from fanzha.command.evidence.filters import LogFilter, entry_page, filter_entries
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped


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
        found = filter_entries(LogEntry.objects.all(), LogFilter(kind="unmasking")).order_by("-place")[:51]
        assert "entry_of_kind" in found.explain()


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
    seen, cursor = [], None
    while True:
        page = entry_page(LogFilter(), cursor, size=3)
        seen += [row.place for row in page.rows]
        if (cursor := page.next) is None:
            break
    assert len(seen) == 7 and seen == sorted(seen, reverse=True)
