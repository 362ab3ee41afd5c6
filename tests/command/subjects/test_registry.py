"""A subject is made once, whoever says something of it; of a number let again, the holder of that time is meant."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from tests.command.people import World
from tests.command.subjects.factories import AT, NUMBER, finding_row, subject

from fanzha.command.audit.recorder import recorded
from fanzha.command.subjects.canonical import canonicalize
from fanzha.command.subjects.models import FindingRow, Subject, VerdictRow
from fanzha.command.subjects.registry import get_or_create_subject, get_or_create_subjects, lock_subjects
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db
VALUE = canonicalize("phone_number", NUMBER)
DAY = timedelta(days=1)


def test_the_same_value_is_one_subject_in_and_between_batches() -> None:
    other = canonicalize("call", "c1")
    first, again, call = get_or_create_subjects([(VALUE, AT, None), (VALUE, AT + DAY, None), (other, AT, None)], AT)
    assert first == again != call
    assert get_or_create_subjects([(other, AT, None), (VALUE, AT, None)], AT) == [call, first]


def test_a_re_issued_number_is_a_new_subject_and_the_holder_of_the_moment_is_meant() -> None:
    before, let_again = get_or_create_subjects([(VALUE, AT, None), (VALUE, AT + DAY, AT + DAY)], AT)
    assert before != let_again
    earlier, later, third = get_or_create_subjects(
        [(VALUE, AT, None), (VALUE, AT + 2 * DAY, None), (VALUE, AT + 3 * DAY, AT + 3 * DAY)], AT
    )
    assert (earlier, later) == (before, let_again) and third not in (before, let_again)
    with unscoped("test"):
        assert Subject.objects.filter(thing=VALUE.thing).count() == 3


def test_asking_twice_for_one_subject_makes_it_once() -> None:
    assert get_or_create_subject(VALUE, AT) == get_or_create_subject(VALUE, AT)


pytestmark = pytest.mark.django_db(transaction=True)


def test_verdicts_made_at_the_same_moment_are_one_that_knows_of_both(world: World) -> None:
    pair = SubjectOwner(subject().pk, world["carrier"].pk)
    for score in (0.6, 0.9):
        finding_row(world["carrier"], score=score, detector=f"d{score}")
    with unscoped("test"):
        FindingRow.objects.update(withdrawn_at=AT)
    written, go_on = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def say(score: float, *, first: bool) -> None:
        try:
            with unscoped("test"), recorded():
                FindingRow.objects.filter(score=score).update(withdrawn_at=None)
                refresh_verdicts([pair], AT)
                if first:
                    written.set()
                    assert go_on.wait(20)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=say, args=(0.9,), kwargs={"first": True})]
    threads[0].start()
    assert written.wait(20)
    threads.append(threading.Thread(target=say, args=(0.6,), kwargs={"first": False}))
    threads[1].start()
    threads[1].join(0.5)
    assert threads[1].is_alive(), "the second one does not wait"
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert failed == []
    with unscoped("test"):
        (verdict,) = VerdictRow.objects.filter(superseded_at=None)
    assert len(verdict.why) == 2


def test_nothing_is_asked_of_a_database_that_is_ours_already(world: World) -> None:
    with recorded():
        lock_subjects([subject().pk, subject().pk])
        lock_subjects([])
