"""A subject is made once, whoever says something of it; of a number let again, the holder of that time is meant."""

from datetime import timedelta

import pytest
from tests.command.subjects.made import AT, NUMBER

from fanzha.command.subjects.finding_subjects import subject_for, subjects_of
from fanzha.command.subjects.kept_values import kept
from fanzha.command.subjects.models import Subject
from fanzha.command.web.scoping import everything

pytestmark = pytest.mark.django_db
VALUE = kept("phone_number", NUMBER)
DAY = timedelta(days=1)


def test_the_same_value_is_one_subject_in_and_between_batches() -> None:
    other = kept("call", "c1")
    first, again, call = subjects_of([(VALUE, AT, None), (VALUE, AT + DAY, None), (other, AT, None)], AT)
    assert first == again != call
    assert subjects_of([(other, AT, None), (VALUE, AT, None)], AT) == [call, first]


def test_a_re_issued_number_is_a_new_subject_and_the_holder_of_the_moment_is_meant() -> None:
    before, let_again = subjects_of([(VALUE, AT, None), (VALUE, AT + DAY, AT + DAY)], AT)
    assert before != let_again
    earlier, later, third = subjects_of(
        [(VALUE, AT, None), (VALUE, AT + 2 * DAY, None), (VALUE, AT + 3 * DAY, AT + 3 * DAY)], AT
    )
    assert (earlier, later) == (before, let_again) and third not in (before, let_again)
    with everything("test"):
        assert Subject.objects.filter(thing=VALUE.thing).count() == 3


def test_asking_twice_for_one_subject_makes_it_once() -> None:
    assert subject_for(VALUE, AT) == subject_for(VALUE, AT)
