"""Calls are shed when they wait too long, and taken again soon after; the wait is the kernel's own word."""

import asyncio
import socket
import time

import pytest

from fanzha.screen.overload import LoopWatch, OverloadControl, SocketQueue, stream_wait_ms
from fanzha.screen.reasons import LATE, OVERLOADED
from fanzha.screen.settings import ScreenSettings


def looks(overload: OverloadControl, *lags_ms: float) -> list[bool]:
    """Return whether calls are shed after each look."""
    shed = []
    for lag_ms in lags_ms:
        overload.record_lag(lag_ms)
        shed.append(overload.shedding)
    return shed


def test_what_waits_too_long_is_shed_when_nothing_came_in_time_for_a_while() -> None:
    assert looks(OverloadControl(20.0), 1.0, 21.0, 21.0, 21.0, 21.0) == [False, False, False, True, True]


def test_what_waits_no_longer_than_it_may_is_decided_also_while_others_are_shed() -> None:
    assert looks(OverloadControl(20.0), 21.0, 21.0, 21.0, 19.0, 21.0, 4.0, 21.0) == [
        *(False, False, True, False, True, False, False),
    ]


def test_a_pause_of_the_process_is_no_overload() -> None:
    assert not any(looks(OverloadControl(20.0), 60.0, 60.0, 0.1, 60.0, 0.1))


def test_who_takes_over_lets_calls_wait_longer() -> None:
    overload = OverloadControl(20.0)
    overload.set_limits(1_000.0)
    assert not any(looks(overload, *[900.0] * 9))


def test_the_longest_wait_of_all_queues_counts() -> None:
    overload = OverloadControl(20.0)
    queue, second = SocketQueue(overload), SocketQueue(overload)
    queue.waited_ms = 30.0
    assert looks(overload, 0.0, 0.0, 0.0)[-1]
    queue.close()
    assert looks(overload, 0.0) == [False]
    assert overload.queues == [second]


def test_a_socket_that_cannot_tell_leaves_the_lag_of_the_loop() -> None:
    overload = OverloadControl()
    queue = SocketQueue(overload)
    queue.measure(0)
    assert (queue.due, queue.waited_ms, overload.shedding) == (False, 0.0, False)


def test_a_loop_that_is_held_up_again_and_again_sheds_and_recovers() -> None:
    async def run() -> tuple[bool, bool]:
        overload = OverloadControl()
        watch = LoopWatch(overload)
        for _ in range(200):
            time.sleep(0.04)
            await asyncio.sleep(0)
            if overload.shedding:
                break
        held_up = overload.shedding
        for _ in range(200):
            await asyncio.sleep(0.01)
            if not overload.shedding:
                break
        watch.close()
        return held_up, overload.shedding

    assert asyncio.run(run()) == (True, False)


def test_a_queue_whose_packets_wait_long_is_not_taken_for_empty() -> None:
    queue = SocketQueue(OverloadControl(20.0))
    queue.measure(time.time_ns() - 30_000_000)
    assert queue.due and queue.waited_ms >= 30.0
    queue.tick()
    assert queue.due and queue.waited_ms >= 30.0
    queue.tick()
    assert queue.due and queue.waited_ms == 0.0


def test_a_queue_that_nothing_comes_to_is_empty() -> None:
    async def run() -> float:
        overload = OverloadControl()
        queue = SocketQueue(overload)
        queue.waited_ms = 30.0
        watch = LoopWatch(overload, every_ms=1.0)
        await asyncio.sleep(0.02)
        watch.close()
        return queue.waited_ms

    assert asyncio.run(run()) == pytest.approx(0.0)


def test_what_waited_past_the_limit_is_late_whether_or_not_others_are_shed() -> None:
    limit = ScreenSettings().overload.late_ms
    overload = OverloadControl(0.8 * limit, limit)
    assert limit == 600
    assert [overload.shed_reason(waited) for waited in (0.0, 600.0, 600.1)] == ["", "", LATE]
    looks(overload, *[500.0] * 4)
    assert overload.shed_reason(0.0) == OVERLOADED


def test_only_after_a_pause_need_the_kernel_be_asked() -> None:
    overload = OverloadControl(40.0, 50.0)
    looks(overload, 0.0, 0.0)
    assert not overload.may_be_late()
    time.sleep(0.06)
    assert overload.may_be_late()
    looks(overload, 60.0)
    assert overload.may_be_late()  # what came meanwhile is read only now
    looks(overload, 0.0)
    assert not overload.may_be_late()


def test_the_kernel_tells_how_long_ago_bytes_came(socket_enabled: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as opened, socket.create_connection(opened.getsockname()) as far:
        near, _ = opened.accept()
        with near:
            far.send(b"waits")
            time.sleep(0.06)
            assert 50.0 <= stream_wait_ms(near) < 5_000.0
    with socket.socket(socket.AF_UNIX) as second:
        assert stream_wait_ms(second) == 0.0
