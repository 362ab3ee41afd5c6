"""The served snapshot and the evidence of publications are compared with the log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import AT, NUMBER, finding_row
from tests.command.subjects.test_subject_publication import operated

from fanzha.claims.contents_builder import build_contents
from fanzha.command.audit.publication_log import record_found_snapshot
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.verification import verify
from fanzha.command.subjects.models import FindingRow
from fanzha.command.subjects.subject_publication import publish_subjects
from fanzha.command.web.scoping import unscoped
from fanzha.store.snapshots import SnapshotStore

THING = ("phone_number", NUMBER)


@pytest.fixture
def finding(world: World, home: Path) -> Iterator[FindingRow]:
    """A finding on record, and the snapshot that rests on it."""
    operated(home, world["carrier"].ref)
    row = finding_row(world["carrier"])
    with unscoped("test"):
        with recorded() as log:
            log.digest("subjects.FindingRow", [row.pk])
        publish_subjects({THING}, AT)
        yield row


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def faults() -> str:
    return "\n".join(map(str, verify().faults))


def unchecked() -> dict[str, int]:
    return {item.reason.en: item.quantity for item in verify().unchecked}


def test_a_published_snapshot_matches_the_log(finding: FindingRow) -> None:
    assert faults() == ""


def test_a_changed_file_is_a_fault(finding: FindingRow) -> None:
    path = max(SnapshotStore().folder.glob("delta-*.snapshot"), default=None) or next(
        SnapshotStore().folder.glob("base-*.snapshot")
    )
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    assert "the files of the served snapshot were changed" in faults()


def test_another_snapshot_under_the_same_number_is_a_fault(finding: FindingRow, home: Path) -> None:
    store = SnapshotStore()
    current = store.current()
    assert current is not None
    store.pointer.unlink()
    for number in range(current.sequence):
        store.publish_base(build_contents({}, []), at=2 + number)
    again = store.current()
    assert again is not None
    if again.sequence == current.sequence:
        assert "the served snapshot is not the one on record" in faults()
    else:
        assert "older" in faults() or "not on record yet" in str(unchecked())


def test_an_older_snapshot_is_a_fault(finding: FindingRow, world: World) -> None:
    pointer = SnapshotStore().pointer
    before = pointer.read_bytes()
    other = finding_row(world["carrier"], score=0.99, fraud_type="loan")
    with recorded() as log:
        log.digest("subjects.FindingRow", [other.pk])
    publish_subjects({THING}, AT)
    assert faults() == ""
    pointer.write_bytes(before)
    assert "older than the last one on record" in faults()


def test_a_snapshot_of_another_program_is_counted(finding: FindingRow) -> None:
    SnapshotStore().publish_base(build_contents({}, []), at=9)
    assert unchecked()["the served snapshot of another program is not on record yet"] == 1
    record_found_snapshot(timezone.now())
    counted = unchecked()
    assert "the served snapshot of another program is not on record yet" not in counted
    assert counted["snapshots of another program: the log has their files, not their evidence"] == 1


def test_without_snapshot_files_nothing_is_compared_and_that_is_said(finding: FindingRow) -> None:
    SnapshotStore().pointer.unlink()
    assert unchecked()["the snapshot files are not on this machine"] == 1


@pytest.mark.parametrize(
    "statement", ["DELETE FROM evidence_publishedevidence", "UPDATE evidence_publishedevidence SET packed = 'x'"]
)
def test_changed_evidence_is_a_fault(finding: FindingRow, statement: str) -> None:
    sql(statement)
    assert "the list of evidence of a publication was changed or is missing" in faults()


def test_a_finding_that_was_published_and_removed_behind_the_log_is_a_fault(world: World, home: Path) -> None:
    operated(home, world["carrier"].ref)
    finding_row(world["carrier"])
    with unscoped("test"):
        publish_subjects({THING}, AT)
        sql("DELETE FROM subjects_findingrow")
        assert "snapshots rest on 1 findings, opinions or decisions that are missing" in faults()


def test_a_finding_that_was_deleted_on_record_is_counted(finding: FindingRow) -> None:
    with recorded():
        finding.delete()
    assert faults() == ""
    assert unchecked()["rows behind snapshots that were deleted on record since"] == 1
