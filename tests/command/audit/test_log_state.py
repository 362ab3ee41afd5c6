"""The state of the log tells what somebody has to see to, before it is too late."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.audit.anchored import outside as outside
from tests.command.audit.records import record

from fanzha.command.audit.anchors import MAX_ANCHOR_DELAY, anchor_and_copy
from fanzha.command.audit.log_state import MAX_CHECK_DURATION, log_state
from fanzha.command.audit.models import LogCheck
from fanzha.command.audit.tasks import CHECK_EVERY, check_log
from fanzha.command.audit.verification import verify_and_store

pytestmark = pytest.mark.django_db


def alarms() -> list[str]:
    return [words.en for words in log_state().alarms]


def test_a_log_without_a_folder_outside_says_so() -> None:
    assert alarms() == ["No outside folder for anchors is set. Whoever controls this machine can rewrite the log"]


def test_all_is_well_where_it_is_read_and_anchored(outside: Path) -> None:
    record(2)
    anchor_and_copy(timezone.now())
    verify_and_store()
    state = log_state()
    assert state.alarms == [] and state.number == 1
    assert state.anchor is not None and state.anchor.number == 1
    (folder,) = state.folders
    assert (folder.name, folder.number, folder.waiting, folder.problem) == ("anchors", 1, 0, "")


def test_copies_that_fail_are_an_alarm_that_does_not_tell_where_they_lie(outside: Path) -> None:
    outside.rmdir()
    record(1)
    anchor_and_copy(timezone.now())
    (folder,) = log_state().folders
    assert (folder.number, folder.waiting) == (0, 1) and "No such file" in folder.problem
    assert alarms() == ["Anchors could not be copied to “anchors”"]


def test_a_log_that_is_not_whole_or_was_not_read_is_an_alarm(outside: Path) -> None:
    record(1)
    fields = {"seconds": 1.0, "number": 1, "head": "", "entries": 1, "anchors": 0, "is_anchored": True}
    LogCheck.objects.create(at=timezone.now() - 3 * CHECK_EVERY, **fields)
    assert alarms() == ["The log has not been checked for more than two days"]
    LogCheck.objects.create(at=timezone.now(), faults=[[1, 0, "改", "changed"]], **fields)
    assert alarms() == ["The log is not valid. An entry may have been changed"]


def test_a_check_without_anchors_outside_is_an_alarm(outside: Path) -> None:
    record(1)
    verify_and_store()
    assert alarms() == [
        "The last check could not compare the log with outside anchors, so the log does not count as valid"
    ]


def test_what_was_not_anchored_for_long_is_an_alarm(outside: Path) -> None:
    record(1)
    anchor_and_copy(timezone.now() - MAX_ANCHOR_DELAY - timedelta(minutes=1))
    assert alarms() == []
    record(1)
    assert alarms() == ["The latest entries have not been anchored"]


def test_it_is_said_that_the_log_is_check_running() -> None:
    assert not log_state().is_check_running
    check_log.enqueue()
    assert log_state().is_check_running


def test_a_check_that_was_killed_midway_is_not_waited_for() -> None:
    check_log.enqueue()
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now() - MAX_CHECK_DURATION + timedelta(minutes=1))
    assert log_state().is_check_running
    DBTaskResult.objects.update(started_at=timezone.now() - MAX_CHECK_DURATION)
    assert not log_state().is_check_running
    check_log.enqueue()
    assert log_state().is_check_running
