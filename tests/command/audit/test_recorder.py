"""What was done and that it was done are committed together, in one batch a transaction, or not at all."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.command.audit.records import draft, record

from fanzha.command.audit.models import LogBatch, LogEntry, LogHead, PersonalField
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.verification import verify
from fanzha.command.organizations.models import Organization


def entries() -> list[LogEntry]:
    return list(LogEntry._base_manager.order_by("place"))


def counts() -> list[int]:
    return list(LogBatch.objects.order_by("number").values_list("entries", flat=True))


@pytest.mark.django_db
def test_a_transaction_is_one_batch() -> None:
    record(1, 3, 2)
    assert counts() == [1, 3, 2]
    assert [(entry.batch, entry.position) for entry in entries()] == [(1, 0), (2, 0), (2, 1), (2, 2), (3, 0), (3, 1)]
    assert PersonalField.objects.count() == 3
    end = LogHead.objects.get()
    assert (end.number, end.head) == (3, LogBatch.objects.get(number=3).head)
    assert verify().faults == []


@pytest.mark.django_db
def test_nothing_done_is_nothing_on_record() -> None:
    with recorded():
        pass
    assert counts() == [] and not LogHead.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_fails_leaves_neither_rows_nor_entries() -> None:
    with pytest.raises(ZeroDivisionError), recorded() as log:
        Organization.objects.create(name_zh="示例", name_en="Example", kind="carrier")
        log.add(draft(1))
        raise ZeroDivisionError
    assert counts() == [] and not Organization.objects.exists()
    record(1)
    assert counts() == [1]


@pytest.mark.django_db
def test_one_inside_another_joins_it() -> None:
    with recorded() as outer:
        outer.add(draft(1))
        with recorded() as inner:
            inner.add(draft(2))
        outer.add(draft(3))
    assert counts() == [3]
    assert [entry.at % 10 for entry in entries()] == [1, 2, 3]


@pytest.mark.django_db
def test_what_a_savepoint_takes_back_is_not_on_record() -> None:
    with recorded() as log:
        log.add(draft(1))
        with pytest.raises(ZeroDivisionError), recorded() as inner:
            inner.add(draft(2))
            raise ZeroDivisionError
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            with recorded() as deeper:
                deeper.extend([draft(3), draft(5)])
            raise ZeroDivisionError
        with transaction.atomic():
            log.add(draft(7))
    assert [entry.at % 10 for entry in entries()] == [1, 7]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_nobody_records_is_not_joined() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), recorded() as log:
        log.add(draft(1))
    assert counts() == []


@pytest.mark.django_db
def test_steps_of_a_process_are_counted_through_all_transactions() -> None:
    record(3, 2)
    steps = [(entry.process, entry.step) for entry in entries()]
    assert steps == [("process-0", 1), ("process-1", 1), ("process-0", 2), ("process-0", 3), ("process-1", 2)]


@pytest.mark.django_db
def test_personal_values_are_in_no_table_in_the_clear() -> None:
    record(5)
    for entry in entries():
        assert "+86170" not in f"{entry.facts}{entry.personal}{entry.about}"
    assert all(b"+86170" not in bytes(field.sealed) for field in PersonalField.objects.all())


@pytest.mark.django_db(transaction=True)
def test_a_failing_write_of_the_batch_takes_the_rows_with_it() -> None:
    twice = draft(2)._replace(personal=draft(2).personal * 2)
    with pytest.raises((ValueError, IntegrityError, DatabaseError)), recorded() as log:
        Organization.objects.create(name_zh="示例", name_en="Example", kind="carrier")
        log.add(twice)
    assert not Organization.objects.exists() and counts() == []
