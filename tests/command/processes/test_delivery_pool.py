"""A receiver that does not answer holds up no other; what one receiver is told comes in order, and an end is an end."""

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from fanzha.command.processes.delivery_pool import Deferred, DeliveryPool, combine


def until(holds: Callable[[], bool]) -> None:
    for _ in range(6_000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")


def test_one_that_does_not_answer_holds_up_its_own_and_no_other() -> None:
    lane, told, answer = DeliveryPool(), list[str](), threading.Event()

    def slow() -> None:
        answer.wait(60)
        told.append("slow 1")

    lane.submit(1, Deferred("slow", slow))
    lane.submit(2, Deferred("slow", lambda: told.append("slow 2")))
    lane.submit(3, Deferred("quick", lambda: told.append("quick")))
    until(lambda: sorted(lane.pending_ids()) == [1, 2])
    assert told == ["quick"]
    answer.set()
    until(lambda: not lane.pending_ids())
    assert told == ["quick", "slow 1", "slow 2"]


def test_no_more_are_asked_at_once_than_there_are_threads() -> None:
    lane, began, answer = DeliveryPool(threads=1), list[int](), threading.Event()

    def ask(number: int) -> None:
        began.append(number)
        answer.wait(60)

    for number in range(3):
        lane.submit(number, Deferred(str(number), partial(ask, number)))
    until(lambda: began == [0])
    answer.set()
    until(lambda: not lane.pending_ids())
    assert began == [0, 1, 2]


def test_one_that_breaks_leaves_the_lane_to_the_others() -> None:
    lane, told = DeliveryPool(threads=1), list[str]()
    lane.submit(1, Deferred("a", lambda: [][0]))
    lane.submit(2, Deferred("b", lambda: told.append("b")))
    until(lambda: told == ["b"] and not lane.pending_ids())


def test_after_the_end_nothing_begins() -> None:
    lane, told = DeliveryPool(), list[str]()
    lane.shutdown()
    lane.submit(1, Deferred("a", lambda: told.append("a")))
    assert lane.pending_ids() == [1] and told == []


def test_several_are_each_tried_and_the_first_problem_is_told() -> None:
    told: list[str] = []
    both = combine([Deferred("a", lambda: [][0]), Deferred("b", lambda: told.append("b"))])
    assert both is not None and combine([]) is None
    with pytest.raises(IndexError):
        both.run()
    assert told == ["b"]
