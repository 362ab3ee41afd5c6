"""Operators are counted by their answers to us: in time, late, and overdue now."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.call_traceback.chain_made import UNSCOPED, begin
from tests.command.people import World

from fanzha.command.call_traceback.models import TracebackHop
from fanzha.command.call_traceback.selectors import count_operators, find_tracebacks
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_late_and_overdue_answers_are_counted(world: World) -> None:
    now = timezone.now()
    row = begin(world)
    for number, (due, answered) in enumerate([(1, None), (1, 2), (3, 2)], 1):
        part = row if number == 1 else begin(world)
        UNSCOPED.rows(TracebackHop).create(
            owner=world["carrier"], traceback=part, number=1, operator_name="b", asked_at=now - timedelta(hours=5),
            due_at=now - timedelta(hours=5 - due),
            answered_at=None if answered is None else now - timedelta(hours=5 - answered),
            state="waiting" if answered is None else "ended",
        )  # fmt: skip
    with scoped_to(world.viewer("carrier")):
        (count,) = count_operators(now)
        assert find_tracebacks(row.trace).get() == row
    assert (count.asked, count.in_time, count.late, count.overdue, count.ended) == (3, 1, 1, 1, 2)
    assert count.median_seconds == 7_200
    with scoped_to(world.viewer("far_carrier")):
        assert count_operators(now) == []
