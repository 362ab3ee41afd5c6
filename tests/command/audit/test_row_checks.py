"""A comparison of rows counts, reports by place, stops at its maximum, and reads entries of a process in order."""

import pytest
from tests.command.audit.records import record

from fanzha.base.words import Words
from fanzha.command.audit.row_checks import RowCheck, decode_commitment_names, decode_facts, entries_of
from fanzha.command.audit.services import erase_person

pytestmark = pytest.mark.django_db
ROWS = Words("行", "rows")


def test_rows_are_counted_and_shown() -> None:
    shown: list[int] = []
    check = RowCheck(10, lambda _rows, number: shown.append(number))
    check.advance(ROWS, 2)
    check.advance(ROWS, 3)
    assert shown == [2, 5] and check.compared[ROWS] == 5


def test_a_fault_names_its_entry_and_the_maximum_is_noticed() -> None:
    check = RowCheck(2)
    check.report((3 << 20) + 1, ROWS)
    check.report(None, ROWS)
    assert [str(fault) for fault in check.faults] == ["批次 3 条目 1：行 | batch 3 entry 1: rows", "行 | rows"]
    assert check.is_full


def test_entries_of_a_process_come_in_order_with_their_personal_values() -> None:
    record(4)
    places = [entry[0] for entry in entries_of("process", {"process-0"}, ("transition",))]
    assert places == [1 << 20, (1 << 20) + 2]
    assert RowCheck(10).personal_values(places)[places[1]] == {"number": "+8617000000002"}
    erase_person("subject-2", basis="PIPL Art. 47", actor="", organization="")
    assert places[1] not in RowCheck(10).personal_values(places)


def test_invalid_json_of_an_entry_is_left_to_the_verification_of_the_entry() -> None:
    assert (decode_facts("{"), decode_commitment_names("{")) == ({}, frozenset())
