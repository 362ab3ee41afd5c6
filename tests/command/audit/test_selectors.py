"""Places and anchors are found by time and batch, and entries by who reads them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from tests.command.audit.records import record
from tests.command.people import World

from fanzha.command.audit.anchors import make_anchor
from fanzha.command.audit.selectors import (
    all_entries,
    entries_readable_by,
    find_anchor,
    first_place,
    last_place,
    log_anchors,
    log_entries,
    personal_fields,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.log.entry import sequence_number

pytestmark = pytest.mark.django_db


def test_the_first_place_since_a_moment_is_that_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime(2026, 3, 1, tzinfo=UTC)
    assert last_place() == 0
    for day in range(2):
        moment = began + timedelta(days=day)
        monkeypatch.setattr("time.time_ns", lambda at=moment: int(at.timestamp()) * 1_000_000_000)
        record(1)
    assert last_place() == sequence_number(2, 0)
    assert first_place(began) == sequence_number(1, 0)
    assert first_place(began + timedelta(hours=1)) == sequence_number(2, 0)
    assert first_place(began + timedelta(days=2)) == sequence_number(3, 0)


def test_the_anchor_of_a_batch_is_the_first_that_covers_it() -> None:
    record(1, 1)
    make_anchor(timezone.now())
    record(1)
    anchors = [find_anchor(batch) for batch in (1, 2, 3)]
    assert [anchor and anchor.number for anchor in anchors] == [2, 2, None]
    assert [anchor.number for anchor in log_anchors()] == [2]


def test_a_viewer_reads_the_entries_of_his_organisation(world: World) -> None:
    record(2, organisation=world["carrier"].ref)
    record(1, organisation=world["bank"].ref)
    viewer = world.viewer("carrier", Role.REVIEWER)
    access = unscoped("test")
    with scoped_to(viewer):
        places = [entry.place for entry in log_entries()]
    assert len(places) == 2 and all_entries(access).count() >= 3
    assert [entry.place for entry in all_entries(access).filter(entries_readable_by(viewer))] == places


def test_personal_fields_of_an_entry_come_with_their_keys() -> None:
    record(2)
    with unscoped("test"):
        entries = [entry for entry in log_entries() if entry.personal != "{}"]
    for entry in entries:
        assert [field.key.person for field in personal_fields(entry.place)]
