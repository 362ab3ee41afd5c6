"""A verification is requested once while one waits; erasing a person destroys his key and leaves the log valid."""

import sqlite3

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult
from tests.command.audit.records import draft, record

from fanzha.command.audit.encryption import UndecryptableValue, unwrap_key
from fanzha.command.audit.models import LogEntry, PersonalField, PersonKey
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.services import erase_person, person_erased, request_check
from fanzha.command.audit.verification import verify

pytestmark = pytest.mark.django_db


def test_a_check_is_enqueued_once_while_one_waits() -> None:
    request_check()
    request_check()
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at="2026-01-01T00:00:00Z")
    request_check()
    assert DBTaskResult.objects.count() == 2


def forget(person: str) -> int:
    return erase_person(person, basis="PIPL Art. 47", actor="person-9", organization="organisation-1")


def test_erasing_leaves_the_log_valid_and_is_on_record() -> None:
    record(3, 2)
    assert forget("subject-2") == 1
    row = PersonKey.objects.get(person="subject-2")
    assert row.wrapped is None and row.erased_at is not None
    with pytest.raises(UndecryptableValue):
        unwrap_key(row)
    assert verify().faults == []
    last = LogEntry._base_manager.latest("place")
    assert (last.kind, last.about, last.actor) == ("personal_data_erased", "subject-2", "person-9")
    assert f'"keys":{{"{row.pk}":1}}' in last.facts and "PIPL Art. 47" in last.facts


def test_others_stay_readable() -> None:
    record(3)
    forget("subject-2")
    assert {key.person for key in PersonKey.objects.exclude(wrapped=None)} == {"subject-0"}


def test_who_comes_back_has_a_new_key_and_can_be_erased_again() -> None:
    record(3)
    forget("subject-2")
    with recorded() as log:
        log.add(draft(2))
    assert PersonKey.objects.filter(person="subject-2").count() == 2
    assert verify().faults == []
    forget("subject-2")
    assert verify().faults == []


def test_nobody_is_nothing_on_record() -> None:
    record(1)
    assert forget("nobody") == 0
    assert LogEntry._base_manager.count() == 1


def test_a_value_cannot_be_hidden_under_a_key_that_was_destroyed_before() -> None:
    record(3)
    forget("subject-2")
    with recorded() as log:
        log.add(draft(2))
    old, new = PersonKey.objects.filter(person="subject-2").order_by("pk").values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE evidence_personalfield SET key_id = {old} WHERE key_id = {new}")
    assert [fault.batch for fault in verify().faults] == [1, 3], "one value more lies under it than was erased"


def test_other_apps_are_told_within_the_transaction() -> None:
    persons: list[str] = []

    def hear(person: str, **_: object) -> None:
        assert connection.in_atomic_block
        persons.append(person)

    person_erased.connect(hear)
    try:
        record(1)
        forget("subject-0")
    finally:
        person_erased.disconnect(hear)
    assert persons == ["subject-0"]


@pytest.mark.django_db(transaction=True)
def test_the_bytes_of_the_key_are_gone_from_the_file() -> None:
    if connection.vendor != "sqlite":
        assert connection.vendor == "postgresql", "there the page is tidied by VACUUM: documented, not ours to force"
        return
    record(1)
    wrapped = bytes(PersonKey.objects.get(person="subject-0").wrapped or b"")
    name = str(connection.settings_dict["NAME"])
    forget("subject-0")
    connection.close()
    with sqlite3.connect(name) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    with open(name, "rb") as file:
        assert wrapped not in file.read()


def test_values_are_counted_by_key() -> None:
    record(3)
    with recorded() as log:
        log.add(draft(2))
    assert PersonalField.objects.filter(key__person="subject-2").count() == 2
    assert forget("subject-2") == 2
