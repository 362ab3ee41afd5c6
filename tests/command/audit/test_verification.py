"""Whatever is done to a row of the log by whoever owns the database is found, and named by batch and entry."""

from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.audit.anchored import files
from tests.command.audit.anchored import outside as outside
from tests.command.audit.records import record

from fanzha.command.audit.anchors import anchor_and_copy
from fanzha.command.audit.models import LogCheck, LogEntry, LogHead
from fanzha.command.audit.outside_anchors import load_anchors
from fanzha.command.audit.verification import VerificationStatus, verify, verify_and_store
from fanzha.processes.log.anchor import AnchorStatement, NoAnchor
from fanzha.processes.log.entry import sequence_number
from fanzha.processes.log.verification import CUT, REWRITTEN

pytestmark = pytest.mark.django_db
ENTRY = sequence_number(2, 1)
#: SQL that the owner of the database runs, and the batch and entry that are named.
TAMPERED: dict[str, tuple[str, tuple[int, int | None]]] = {
    **{
        f"{column} changed": (f"UPDATE evidence_logentry SET {column} = {value} WHERE place = {ENTRY}", (2, 1))
        for column, value in {
            "at": "at + 1",
            "kind": "'unmasking'",
            "actor": "'person-2'",
            "organisation": "''",
            "process": "'process-9'",
            "step": "step + 1",
            "about": "'campaign-9'",
            "facts": "replace(facts, 'approved', 'refused')",
            "personal": "'{}'",
        }.items()
    },
    "digest changed": (
        f"UPDATE evidence_logentry SET leaf = (SELECT leaf FROM evidence_logentry WHERE place = "
        f"{sequence_number(2, 0)}) WHERE place = {ENTRY}",
        (2, 1),
    ),
    "entry dropped": (f"DELETE FROM evidence_logentry WHERE place = {ENTRY}", (2, 1)),
    "last entry dropped": (f"DELETE FROM evidence_logentry WHERE place = {sequence_number(3, 1)}", (3, 1)),
    "entry moved": (f"UPDATE evidence_logentry SET place = {sequence_number(2, 7)} WHERE place = {ENTRY}", (2, 1)),
    "entries swapped": (
        f"UPDATE evidence_logentry SET place = -1 WHERE place = {sequence_number(1, 0)};"
        f"UPDATE evidence_logentry SET place = {sequence_number(1, 0)} WHERE place = {ENTRY};"
        f"UPDATE evidence_logentry SET place = {ENTRY} WHERE place = -1",
        (1, 0),
    ),
    "entry put in": (
        "INSERT INTO evidence_logentry SELECT 2097159, at, kind, actor, organisation, process, step, about, facts, "
        f"'{{}}', leaf FROM evidence_logentry WHERE place = {ENTRY}",
        (2, 7),
    ),
    "entry put in behind the end": (
        f"INSERT INTO evidence_logentry SELECT {sequence_number(9, 0)}, at, kind, actor, organisation, process, step, "
        f"about, facts, '{{}}', leaf FROM evidence_logentry WHERE place = {ENTRY}",
        (3, None),
    ),
    **{
        f"{column} of a batch changed": (f"UPDATE evidence_logbatch SET {column} = {value} WHERE number = 2", (2, None))
        for column, value in {
            "entries": "entries + 1",
            "root": "head",
            "previous": "head",
            "at": "at + 1",
            "head": "root",
        }.items()
    },
    "batch dropped": ("DELETE FROM evidence_logbatch WHERE number = 2", (2, None)),
    "batch and its entries dropped": (
        f"DELETE FROM evidence_logentry WHERE place BETWEEN {sequence_number(2, 0)} AND {sequence_number(2, 99)};"
        "DELETE FROM evidence_logbatch WHERE number = 2",
        (2, None),
    ),
    "batch put in behind the end": (
        "INSERT INTO evidence_logbatch SELECT 4, entries, root, previous, at, head FROM evidence_logbatch "
        "WHERE number = 3",
        (3, None),
    ),
    "end set back": (
        "UPDATE evidence_loghead SET number = 2, head = (SELECT head FROM evidence_logbatch WHERE number = 2)",
        (2, None),
    ),
    "end changed": ("UPDATE evidence_loghead SET head = identity", (3, None)),
    "sealed value changed": (
        "UPDATE evidence_personalfield SET sealed = (SELECT sealed FROM evidence_personalfield WHERE entry_id = "
        f"{sequence_number(2, 1)}) WHERE entry_id = {sequence_number(1, 0)}",
        (1, 0),
    ),
    "sealed value dropped": (f"DELETE FROM evidence_personalfield WHERE entry_id = {ENTRY}", (2, 1)),
    "sealed value renamed": (f"UPDATE evidence_personalfield SET name = 'x' WHERE entry_id = {ENTRY}", (2, 1)),
    "sealed value moved": (
        f"UPDATE evidence_personalfield SET entry_id = {sequence_number(2, 0)} WHERE entry_id = {ENTRY}",
        (2, 0),
    ),
    "sealed value given to another": (
        f"UPDATE evidence_personalfield SET key_id = (SELECT max(id) FROM evidence_personkey) WHERE entry_id = {ENTRY}",
        (2, 1),
    ),
    "key given to another": ("UPDATE evidence_personkey SET person = 'subject-77' WHERE person = 'subject-2'", (2, 1)),
    "key destroyed without a record": (
        "UPDATE evidence_personkey SET wrapped = NULL WHERE person = 'subject-2'",
        (2, 1),
    ),
}


def tamper(statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements.split(";"):
            cursor.execute(statement)


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_found_and_named(what: str) -> None:
    record(1, 3, 2)
    assert verify().faults == []
    statements, named = TAMPERED[what]
    with connection.constraint_checks_disabled():
        tamper(statements)
        faults = verify().faults
    assert named in {(fault.batch, fault.position) for fault in faults}, faults
    tamper("DELETE FROM evidence_personalfield")  # what points nowhere now would fail the test's own end


def stated() -> AnchorStatement:
    head = LogHead.objects.get()
    return AnchorStatement(head.identity, head.number, head.head, 0, "00" * 32, 0)


def test_a_log_cut_short_together_with_its_end_is_found_by_an_anchor() -> None:
    record(1, 3, 2)
    anchor = stated()
    tamper(
        "DELETE FROM evidence_personalfield WHERE entry_id >= 3145728;"
        "DELETE FROM evidence_logentry WHERE place >= 3145728;"
        "DELETE FROM evidence_logbatch WHERE number = 3;"
        "UPDATE evidence_loghead SET number = 2, head = (SELECT head FROM evidence_logbatch WHERE number = 2)"
    )
    assert verify().faults == [], "by itself it is whole"
    assert [(fault.batch, fault.message) for fault in verify([anchor]).faults] == [(2, CUT)]


def emptied() -> None:
    tamper(
        "DELETE FROM evidence_personalfield;DELETE FROM evidence_personkey;DELETE FROM evidence_logentry;"
        "DELETE FROM evidence_logbatch"
    )


def test_a_log_written_anew_under_its_own_identity_is_found_by_an_anchor() -> None:
    record(1, 3, 2)
    anchor = stated()
    emptied()
    tamper("UPDATE evidence_loghead SET number = 0, head = identity")
    record(1, 3, 2)
    assert verify().faults == [], "by itself it is whole"
    assert [(fault.batch, fault.message) for fault in verify([anchor]).faults] == [(3, REWRITTEN)]


def test_a_log_begun_anew_or_gone_is_found_by_an_anchor() -> None:
    record(1)
    anchor = stated()
    emptied()
    tamper("DELETE FROM evidence_loghead")
    assert "the log is empty" in str(verify([anchor]).faults[0])
    record(1)
    assert verify().faults == []
    assert "started again" in str(verify([anchor]).faults[0])


def test_what_came_of_a_reading_is_kept_for_the_page() -> None:
    record(1, 3)
    row, reading = verify_and_store()
    assert row.is_whole and (row.number, row.entries, row.head) == (2, 4, reading.end.head)
    tamper(f"UPDATE evidence_logentry SET kind = 'x' WHERE place = {ENTRY}")
    verify_and_store()
    last = LogCheck.objects.first()
    assert last is not None and not last.is_whole and last.faults[0][:2] == [2, 1]


def test_an_empty_log_is_whole() -> None:
    assert verify().faults == []


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pieces_of_any_size_are_read_alike(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("long_tables", "sealed_values"):
        monkeypatch.setattr(f"fanzha.command.audit.{module}.CHUNK", size)
    record(1, 7, 2, 1)
    reading = verify()
    assert (reading.faults, reading.entries) == ([], 11)
    assert LogEntry._base_manager.count() == 11


def anchored(*sizes: int) -> None:
    for size in sizes:
        record(size)
        anchor_and_copy(timezone.now())


def test_one_anchor_in_several_places_is_one(outside: Path) -> None:
    anchored(1, 2)
    anchors = load_anchors([files(outside)[0]])
    assert ([statement.number for statement in anchors.statements], anchors.faults) == ([1, 2], [])


def test_copies_outside_find_a_log_that_was_cut_together_with_all_that_the_database_says(outside: Path) -> None:
    anchored(1, 2)
    tamper(
        "DELETE FROM evidence_anchorcopy;DELETE FROM evidence_loganchor WHERE number = 2;"
        "DELETE FROM evidence_personalfield WHERE entry_id >= 2097152;"
        "DELETE FROM evidence_logentry WHERE place >= 2097152;DELETE FROM evidence_logbatch WHERE number = 2;"
        "UPDATE evidence_loghead SET number = 1, head = (SELECT head FROM evidence_logbatch WHERE number = 1)"
    )
    row, reading = verify_and_store()
    assert [(fault.batch, fault.message) for fault in reading.faults] == [(1, CUT)]
    assert not row.is_whole and row.anchors == 2


def test_a_row_or_a_copy_that_was_changed_is_a_fault(outside: Path) -> None:
    anchored(1, 2)
    tamper("UPDATE evidence_loganchor SET line = replace(line, ':1:', ':2:') WHERE number = 1")
    files(outside)[0].write_text("another\n")
    anchors = load_anchors()
    assert [fault.message.en.split(":")[0] for fault in anchors.faults] == [
        "the anchor in the database was changed",
        "a copy of an anchor cannot be read or was changed",
    ]
    assert 2 in [statement.number for statement in anchors.statements]


def test_a_missing_folder_is_no_fault_but_the_log_is_not_anchored_outside(outside: Path) -> None:
    anchored(1)
    outside.rename(outside.with_name("away"))
    row, result = verify_and_store()
    assert (row.is_whole, row.is_valid, result.status) == (True, False, VerificationStatus.NOT_ANCHORED_OUTSIDE)
    assert "is missing" in result.unanchored[0].en


def test_a_file_given_by_hand_that_is_no_anchor_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("not an anchor\n")
    with pytest.raises(NoAnchor):
        verify_and_store([tmp_path / "kept.txt"])
