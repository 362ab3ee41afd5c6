"""Rows that are changed, added or removed by SQL are found by their digests; what has no digest is counted."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.audit.append_only import guard, unguard
from fanzha.command.audit.digest_backfill import digest_existing_rows
from fanzha.command.audit.models import RowDigests
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.verification import VerificationResult, verify
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.scoping import unscoped
from fanzha.store.keys import load_key
from fanzha.store.state_folder import state_folder

pytestmark = pytest.mark.usefixtures("home")
TABLE = "subjects_findingrow"


@pytest.fixture
def findings(world: World) -> Iterator[list[FindingRow]]:
    """Three findings on record; all tables have digests in full."""
    rows = [finding_row(world["carrier"], subject(f"+86170000{number:05}")) for number in range(3)]
    with recorded() as log:
        log.digest("subjects.FindingRow", [row.pk for row in rows])
    with unscoped("test"):
        digest_existing_rows(timezone.now())
        yield rows


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def faults() -> list[str]:
    return [str(fault) for fault in verify().faults]


def unchecked(result: VerificationResult) -> dict[str, int]:
    return {item.reason.en: item.quantity for item in result.unchecked}


def test_rows_match_their_digests(findings: list[FindingRow]) -> None:
    result = verify()
    assert result.faults == [] and unchecked(result) == {}


@pytest.mark.parametrize(
    "change",
    ["score = 0.1", "valid_until = '2036-01-01 00:00:00+00:00'", "withdrawn_why = 'no'", "owner_id = owner_id + 1"],
)
def test_a_changed_row_is_named_with_the_batch_that_recorded_it(findings: list[FindingRow], change: str) -> None:
    row = findings[1]
    sql(f"UPDATE {TABLE} SET {change} WHERE id = %s", row.pk)
    (fault,) = faults()
    assert f"row {row.pk} of findings was changed" in fault and fault.startswith("批次 1")


def test_a_row_of_another_subject_is_named(findings: list[FindingRow]) -> None:
    sql(f"UPDATE {TABLE} SET subject_id = %s WHERE id = %s", findings[0].subject_id, findings[1].pk)
    assert f"row {findings[1].pk} of findings was changed" in faults()[0]


def test_a_removed_row_is_named(findings: list[FindingRow]) -> None:
    sql(f"DELETE FROM {TABLE} WHERE id = %s", findings[2].pk)
    (fault,) = faults()
    assert f"row {findings[2].pk} of findings is missing" in fault


def test_an_added_row_is_named(world: World, findings: list[FindingRow]) -> None:
    added = finding_row(world["carrier"], subject("+8617000009999"))
    (fault,) = faults()
    assert f"row {added.pk} of findings is not on record" in fault


def test_a_row_that_was_deleted_on_record_is_not_missing_and_may_not_come_back(findings: list[FindingRow]) -> None:
    row = findings[0]
    values = {name: getattr(row, name) for name in _columns()}
    with recorded():
        FindingRow.objects.filter(pk=row.pk).delete()
    assert faults() == []
    FindingRow(id=row.pk, **values).save(force_insert=True)
    assert f"row {row.pk} of findings was changed" in faults()[0]


def test_a_row_that_goes_with_its_subject_is_on_record_too(findings: list[FindingRow]) -> None:
    with recorded():
        findings[0].subject.delete()
    assert FindingRow.objects.count() == 2 and faults() == []


def test_a_deletion_outside_a_recorded_transaction_is_refused(findings: list[FindingRow]) -> None:
    with pytest.raises(RuntimeError, match=r"subjects\.FindingRow in a transaction of `recorded`"):
        FindingRow.objects.all().delete()


def _columns() -> list[str]:
    return [field.attname for field in FindingRow._meta.concrete_fields if field.attname != "id"]


def test_the_last_digest_of_a_row_counts(findings: list[FindingRow]) -> None:
    row = findings[0]
    with recorded() as log:
        FindingRow.objects.filter(pk=row.pk).update(withdrawn_why="a mistake")
        log.digest("subjects.FindingRow", [row.pk])
    assert faults() == []
    FindingRow.objects.filter(pk=row.pk).update(withdrawn_why="")
    assert f"row {row.pk} of findings was changed" in faults()[0]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM evidence_rowdigests", "the digests of findings are missing"),
        ("UPDATE evidence_rowdigests SET packed = nonce", "the digests of findings were changed"),
        ("UPDATE evidence_rowdigests SET batch = batch + 1", "digests of findings are not on record"),
    ],
)
def test_digests_that_were_changed_are_named(findings: list[FindingRow], statement: str, words: str) -> None:
    sql(statement)
    assert any(words in fault for fault in faults())


def test_digests_cannot_be_moved_between_batches_with_their_rows(findings: list[FindingRow]) -> None:
    row = findings[0]
    with recorded() as log:
        FindingRow.objects.filter(pk=row.pk).update(score=0.2)
        log.digest("subjects.FindingRow", [row.pk])
    FindingRow.objects.filter(pk=row.pk).update(score=row.score)
    sql("DELETE FROM evidence_rowdigests WHERE batch > 1")
    found = faults()
    assert any("the digests of findings are missing" in fault for fault in found)


def test_without_the_key_of_digests_rows_are_counted_as_not_checked(findings: list[FindingRow]) -> None:
    load_key("row-digests")
    (state_folder() / "keys" / "row-digests").unlink()
    result = verify()
    (reason,) = [reason for reason in unchecked(result) if "keys/row-digests" in reason]
    assert unchecked(result)[reason] == 3 and result.faults == []


def test_rows_from_before_the_digests_are_counted_until_a_job_recorded_them(world: World) -> None:
    with unscoped("test"):
        rows = [finding_row(world["carrier"], subject(f"+86170000{number:05}")) for number in range(2)]
        with recorded() as log:
            log.digest("subjects.FindingRow", [rows[0].pk])
        result = verify()
        (reason,) = [reason for reason in unchecked(result) if "from before their digests began" in reason]
        assert unchecked(result)[reason] == 1 and result.faults == []
        digest_existing_rows(timezone.now())
        assert faults() == [] and unchecked(verify()) == {}
        assert RowDigests.objects.filter(table="subjects.findingrow").count() == 2


def test_the_database_refuses_to_change_digests(findings: list[FindingRow]) -> None:
    guard(connection, ("evidence_rowdigests",))
    try:
        with pytest.raises(Exception, match="append-only"):
            sql("UPDATE evidence_rowdigests SET batch = 0")
    finally:
        if connection.vendor == "sqlite":
            unguard(connection)
