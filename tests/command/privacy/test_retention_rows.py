"""Rows end when the first of their times that is set is past; what uses or holds them is looked up, not guessed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.exports.models import Export, ExportState
from fanzha.command.organizations.models import Invitation
from fanzha.command.privacy.retention_classes import table_retentions
from fanzha.command.privacy.retention_rows import (
    build_hold_condition,
    ended_rows,
    oldest_end,
    rows_ended_before,
    rows_of,
)
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.web.scoping import unscoped

NOW = timezone.now()
OLD = NOW - timedelta(days=900)
TABLES = table_retentions()


@pytest.fixture(autouse=True)
def all_rows() -> Iterator[None]:
    with unscoped("test"):
        yield


def test_the_first_time_that_is_set_counts(world: World) -> None:
    made, _token = Invitation.make(world["carrier"], "a@b.example", "A", [], None)
    table = TABLES["organizations.Invitation"]
    Invitation.objects.update(accepted_at=NOW, expires_at=OLD)
    assert not ended_rows(table, NOW - timedelta(days=1), NOW).exists()
    Invitation.objects.update(accepted_at=None)
    assert list(ended_rows(table, NOW - timedelta(days=1), NOW)) == [made]
    assert oldest_end(table) == OLD
    assert rows_ended_before(table, NOW).count() == 1


def test_a_row_without_an_end_never_ends(world: World) -> None:
    OpinionRow.objects.create(
        opinion_id="1", subject=subject(), owner=world["carrier"], level="suspected", given_at=OLD
    )
    assert not ended_rows(TABLES["subjects.OpinionRow"], NOW, NOW).exists()


def test_an_export_that_is_not_finished_is_held(world: World) -> None:
    table = TABLES["exports.Export"]
    export = Export.objects.create(
        owner=world["carrier"], actor="x", table="subjects", purpose="a", state=ExportState.QUEUED,
        asked_at=OLD, touched_at=OLD,
    )  # fmt: skip
    held = rows_of("exports.Export").filter(build_hold_condition(table, NOW))
    assert list(held) == [export]
    Export.objects.update(state=ExportState.REMOVED)
    assert not held.all().exists()


def test_a_subject_with_findings_is_in_use(world: World) -> None:
    about = subject()
    table = TABLES["subjects.Subject"]
    assert list(ended_rows(table, NOW, NOW)) == [about]
    finding_row(world["carrier"], about)
    assert not ended_rows(table, NOW, NOW).exists()


def test_a_measure_in_force_holds_the_findings_of_its_subject(world: World) -> None:
    row = finding_row(world["carrier"], found_at=OLD, valid_until=OLD)
    measure = OpinionRow.objects.create(
        opinion_id="1", subject=row.subject, owner=world["carrier"], level="suspected", given_at=OLD, decision=True
    )
    held = rows_of("subjects.FindingRow").filter(build_hold_condition(TABLES["subjects.FindingRow"], NOW))
    assert list(held) == [row]
    OpinionRow.objects.filter(pk=measure.pk).update(until=OLD)
    assert not held.all().exists()
