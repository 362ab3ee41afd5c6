"""A receiver that does not answer holds up no other; what one receiver is sent comes in order, and an end is an end."""

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from fanzha.command.processes.delivery_pool import DeliveryPool, PendingDelivery, combine_deliveries


def delivery(key: str, run: Callable[[], None]) -> PendingDelivery:
    return PendingDelivery(frozenset({key}), run)


def until(holds: Callable[[], bool]) -> None:
    for _ in range(6_000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")


def test_one_that_does_not_answer_holds_up_its_own_and_no_other() -> None:
    pool, sent, answer = DeliveryPool(), list[str](), threading.Event()

    def slow() -> None:
        answer.wait(60)
        sent.append("slow 1")

    pool.submit(1, delivery("slow", slow))
    pool.submit(2, delivery("slow", lambda: sent.append("slow 2")))
    pool.submit(3, delivery("quick", lambda: sent.append("quick")))
    until(lambda: sorted(pool.delivery_ids()) == [1, 2])
    assert sent == ["quick"]
    answer.set()
    until(lambda: not pool.delivery_ids())
    assert sent == ["quick", "slow 1", "slow 2"]


def test_no_more_are_asked_at_once_than_there_are_threads() -> None:
    pool, began, answer = DeliveryPool(threads=1), list[int](), threading.Event()

    def ask(number: int) -> None:
        began.append(number)
        answer.wait(60)

    for number in range(3):
        pool.submit(number, delivery(str(number), partial(ask, number)))
    until(lambda: began == [0])
    answer.set()
    until(lambda: not pool.delivery_ids())
    assert began == [0, 1, 2]


def test_one_that_breaks_leaves_the_pool_to_the_others() -> None:
    pool, sent = DeliveryPool(threads=1), list[str]()
    pool.submit(1, delivery("a", lambda: [][0]))
    pool.submit(2, delivery("b", lambda: sent.append("b")))
    until(lambda: sent == ["b"] and not pool.delivery_ids())


def test_after_the_end_nothing_begins() -> None:
    pool, sent = DeliveryPool(), list[str]()
    pool.shutdown()
    pool.submit(1, delivery("a", lambda: sent.append("a")))
    assert pool.delivery_ids() == [1] and sent == []


def test_a_batch_for_several_receivers_keeps_the_order_of_each() -> None:
    pool, sent, answer = DeliveryPool(), list[str](), threading.Event()

    def slow() -> None:
        answer.wait(60)
        sent.append("b 1")

    batch = combine_deliveries([delivery("a", lambda: sent.append("a 2")), delivery("b", lambda: sent.append("b 2"))])
    assert batch is not None and batch.keys == {"a", "b"}
    pool.submit(1, delivery("b", slow))
    pool.submit(2, batch)
    pool.submit(3, delivery("a", lambda: sent.append("a 3")))
    pool.submit(4, delivery("c", lambda: sent.append("c")))
    until(lambda: sorted(pool.delivery_ids()) == [1, 2, 3])
    assert sent == ["c"]
    answer.set()
    until(lambda: not pool.delivery_ids())
    assert sent == ["c", "b 1", "a 2", "b 2", "a 3"]


def test_several_are_each_tried_the_first_problem_is_raised_and_others_are_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent: list[str] = []
    batch = combine_deliveries(
        [
            delivery("a", lambda: [][0]),
            delivery("b", lambda: sent.append("b")),
            delivery("c", lambda: dict[str, None]()["no answer"]),
        ]
    )
    assert batch is not None and combine_deliveries([]) is None
    with pytest.raises(IndexError):
        batch.run()
    assert sent == ["b"] and caplog.messages == ["a delivery to c failed: 'no answer'"]
