"""All anchors are compared: those of the database, those outside, those that somebody kept by hand."""

from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.audit.anchored import files
from tests.command.audit.anchored import outside as outside
from tests.command.audit.records import record

from fanzha.command.audit.anchor_lookup import load_anchors
from fanzha.command.audit.anchors import anchor_and_copy
from fanzha.command.audit.verification import verify_and_store
from fanzha.processes.log.anchor import NoAnchor
from fanzha.processes.log.verification import CUT

pytestmark = pytest.mark.django_db


def anchored(*sizes: int) -> None:
    for size in sizes:
        record(size)
        anchor_and_copy(timezone.now())


def tamper(statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements.split(";"):
            cursor.execute(statement)


def test_one_anchor_in_several_places_is_one(outside: Path) -> None:
    anchored(1, 2)
    statements, faults = load_anchors([files(outside)[0]])
    assert ([one.number for one in statements], faults) == ([1, 2], [])


def test_copies_outside_find_a_log_that_was_cut_together_with_all_that_the_database_says(outside: Path) -> None:
    anchored(1, 2)
    tamper(
        "DELETE FROM evidence_anchorcopy;DELETE FROM evidence_loganchor WHERE number = 2;"
        "DELETE FROM evidence_personalfield WHERE entry_id >= 2097152;"
        "DELETE FROM evidence_logentry WHERE place >= 2097152;DELETE FROM evidence_logbatch WHERE number = 2;"
        "UPDATE evidence_loghead SET number = 1, head = (SELECT head FROM evidence_logbatch WHERE number = 1)"
    )
    row, reading = verify_and_store()
    assert [(fault.batch, fault.words) for fault in reading.faults] == [(1, CUT)]
    assert not row.is_whole and row.anchors == 2


def test_a_row_or_a_copy_that_was_changed_is_a_fault(outside: Path) -> None:
    anchored(1, 2)
    tamper("UPDATE evidence_loganchor SET line = replace(line, ':1:', ':2:') WHERE number = 1")
    files(outside)[0].write_text("another\n")
    statements, faults = load_anchors()
    assert [fault.words.en.split(":")[0] for fault in faults] == [
        "the anchor in the database was changed",
        "an anchor outside cannot be read or was changed",
    ]
    assert 2 in [one.number for one in statements]


def test_a_folder_that_is_away_is_no_fault_of_the_log(outside: Path) -> None:
    anchored(1)
    outside.rename(outside.with_name("away"))
    assert verify_and_store()[0].is_whole


def test_a_file_given_by_hand_that_is_no_anchor_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("not an anchor\n")
    with pytest.raises(NoAnchor):
        verify_and_store([tmp_path / "kept.txt"])
