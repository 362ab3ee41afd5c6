"""Sealed values are compared one by one with what their entries are committed to; erased ones with the record of it."""

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from tests.command.audit.records import draft, record

from fanzha.command.audit.models import PersonalField, PersonKey
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.sealed_values import encrypted_value_faults
from fanzha.command.audit.services import erase_person
from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.entry import sequence_number

pytestmark = pytest.mark.django_db


def faults(last: int = 99) -> list[tuple[int, int | None, str]]:
    return [(fault.batch, fault.position, fault.message.en) for fault in encrypted_value_faults(last)]


def tamper(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def forget(person: str) -> None:
    erase_person(person, basis="PIPL Art. 47", actor="", organization="")


def test_values_as_they_were_sealed_are_no_faults_before_and_after_an_erasure() -> None:
    record(3, 4)
    assert faults() == []
    forget("subject-2")
    assert faults() == []


def test_several_values_of_one_entry_are_told_apart_by_name() -> None:
    values = (Personal("name", "subject-1", "示例"), Personal("number", "subject-1", "+8617000000001"))
    with recorded() as log:
        log.add(draft(1)._replace(personal=values))
    tamper("UPDATE evidence_personalfield SET name = 'other' WHERE name = 'name'")
    assert faults() == [
        (1, 0, "the entry is missing (name)"),
        (1, 0, "the entry was inserted later (other)"),
    ]


def test_a_value_beside_an_entry_without_any_is_told() -> None:
    record(4)
    tamper(
        f"UPDATE evidence_personalfield SET entry_id = {sequence_number(1, 3)} WHERE entry_id = {sequence_number(1, 2)}"
    )
    assert [(batch, position) for batch, position, _ in faults()] == [(1, 2), (1, 3)]
    tamper("DELETE FROM evidence_personalfield WHERE entry_id <> 0")
    assert [(batch, position) for batch, position, _ in faults()] == [(1, 0), (1, 2)]


def test_a_key_that_is_gone_without_a_record_is_told_for_each_value_under_it() -> None:
    record(1)
    record(1)
    PersonKey.objects.filter(person="subject-0").update(wrapped=None)
    assert [(batch, words.split(" (")[0]) for batch, _, words in faults()] == [
        (1, "the key of its person is gone without a record that fits"),
        (2, "the key of its person is gone without a record that fits"),
    ]


def test_the_record_of_an_erasure_holds_for_its_own_person_alone() -> None:
    record(3)
    forget("subject-0")
    tamper("UPDATE evidence_personkey SET person = 'subject-77' WHERE person = 'subject-0'")
    assert [(batch, position) for batch, position, _ in faults()] == [(1, 0)]


def test_what_came_after_the_end_that_is_read_is_left_alone() -> None:
    record(1, 2)
    tamper(f"UPDATE evidence_personalfield SET name = 'x' WHERE entry_id >= {sequence_number(2, 0)}")
    assert faults(last=1) == []
    assert {batch for batch, _, _ in faults(last=2)} == {2}


def test_queries_grow_with_persons_who_were_erased_and_not_with_values(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with recorded() as log:
        log.extend(draft(2) for _ in range(50))
    with django_assert_max_num_queries(4):
        assert faults() == []
    assert PersonalField.objects.count() == 50
