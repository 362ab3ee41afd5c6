"""Answers of other operators are taken in once, late ones too."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.call_traceback.chain_made import (
    REAL_CALLER,
    UNSCOPED,
    Wire,
    begin,
    hops_of,
    link_of,
    part_of,
    state_of,
)
from tests.command.people import World

from fanzha.command.call_traceback.intake import receive_answer, receive_request
from fanzha.command.call_traceback.models import TracebackMessage
from fanzha.command.call_traceback.schemas import TracebackAnswerIn, TracebackRequestIn, is_late
from fanzha.command.processes.selectors import find_timers
from fanzha.command.processes.services import pass_timer
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db]


def test_a_changed_caller_is_found_at_the_hop_that_has_another_one(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.run()
    assert [(hop.number, hop.caller_changed, hop.caller) for hop in hops_of(row)][1:] == [
        (1, True, REAL_CALLER),
        (2, False, ""),
    ]
    assert part_of(world, "mvno").calling == REAL_CALLER and hops_of(row)[1].matched_by == "call"


def test_an_overdue_hop_raises_an_alarm_and_a_late_answer_still_counts(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.down.add("mvno.example")
    wire.run()
    later = timezone.now() + timedelta(hours=25)
    for timer in find_timers(UNSCOPED).filter(instance__ref=row.process, deadline="hop"):
        pass_timer(timer, later)
    assert state_of(row) == "overdue"
    wire.down.clear()
    wire.run(8, after=timedelta(hours=25))
    assert state_of(row) == "origin_found"


def test_an_older_answer_and_hops_with_gaps_change_nothing(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.down.add("mvno.example")
    wire.run(3)
    link, asked_at = link_of(world, "carrier", "far_carrier"), timezone.now()
    hop = {"number": 1, "operator": "x", "state": "ended", "asked_at": asked_at, "reason": "refused"}
    old = TracebackAnswerIn.model_validate({"request": row.ref, "revision": 1, "hops": [hop]})
    receipt = receive_answer(link, old)
    assert receipt is not None and not receipt.is_new and state_of(row) == "asked"
    gap = {"number": 3, "operator": "y", "state": "origin", "asked_at": asked_at}
    first = {**hop, "state": "passed", "reason": "", "upstream": "z"}
    receive_answer(link, TracebackAnswerIn.model_validate({"request": row.ref, "revision": 9, "hops": [first, gap]}))
    assert [each.number for each in hops_of(row)] == [0, 1, 2] and hops_of(row)[1].upstream == "z"
    assert state_of(row) == "asked"
    with pytest.raises(Refusal):
        receive_answer(link, TracebackAnswerIn.model_validate({"request": row.ref, "revision": 10, "hops": [gap]}))


def test_a_question_that_comes_twice_opens_one_part(world: World, wire: Wire) -> None:
    begin(world)
    wire.run(2)
    part = part_of(world, "far_carrier")
    body = TracebackRequestIn.model_validate_json(UNSCOPED.rows(TracebackMessage).filter(kind="request")[0].body)
    receipt = receive_request(link_of(world, "far_carrier", "carrier"), body)
    assert receipt.traceback == part and not receipt.is_new


def test_a_late_answer_with_a_forged_time_is_late(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.run(1)
    hop = hops_of(row)[1]
    forged = {"number": 1, "operator": "x", "state": "ended", "asked_at": hop.asked_at, "reason": "refused"}
    forged["answered_at"] = hop.asked_at + timedelta(minutes=1)
    body = TracebackAnswerIn.model_validate({"request": row.ref, "revision": 99, "hops": [forged]})
    receive_answer(link_of(world, "carrier", "far_carrier"), body, timezone.now() + timedelta(hours=30))
    assert is_late(hops_of(row)[1], timezone.now())


def test_an_answer_after_the_end_is_on_record_and_changes_nothing(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.run()
    before = [(hop.operator_name, hop.state) for hop in hops_of(row)]
    hop = {"number": 1, "operator": "x", "state": "ended", "asked_at": timezone.now(), "reason": "refused"}
    body = TracebackAnswerIn.model_validate({"request": row.ref, "revision": 99, "hops": [hop]})
    receipt = receive_answer(link_of(world, "carrier", "far_carrier"), body)
    assert receipt is not None and not receipt.is_new
    assert [(hop.operator_name, hop.state) for hop in hops_of(row)] == before and state_of(row) == "origin_found"
