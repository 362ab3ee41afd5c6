"""Calls are shed when they wait too long, and taken again soon after; the wait is the kernel's own word."""

import asyncio
import socket
import time

import pytest

from fanzha.screen.sip.overload import Overload, Queue, Watch


def test_shedding_begins_above_the_wait_and_ends_at_a_quarter_of_it() -> None:
    overload, shed = Overload(wait_ms=20.0), []
    for second, lag in enumerate((0.0, 19.0, 21.0, 21.0, 10.0, 6.0, 4.0, 10.0), start=1):
        overload.lag_ms = lag
        overload.judge(second)
        shed.append(overload.shedding)
    assert shed == [False, False, False, True, True, True, False, False]


def test_a_pause_of_the_process_is_no_overload() -> None:
    overload, shed = Overload(wait_ms=20.0), []
    for moment, lag in ((1.0, 60.0), (1.001, 60.0), (1.006, 0.1), (1.5, 60.0), (1.501, 0.1)):
        overload.lag_ms = lag
        overload.judge(moment)
        shed.append(overload.shedding)
    assert not any(shed)


def test_the_longest_wait_of_all_queues_counts() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        overload = Overload()
        one, other = Queue(opened, overload), Queue(opened, overload)
        one.waited_ms = 30.0
        overload.judge(1.0)
        overload.judge(2.0)
        assert overload.shedding
        one.close()
        overload.judge(3.0)
        assert not overload.shedding
        assert overload.queues == [other]


def test_a_socket_that_cannot_tell_leaves_the_lag_of_the_loop() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        overload = Overload()
        queue = Queue(opened, overload)
        queue.look()
        assert (queue.due, queue.waited_ms, overload.shedding) == (False, 0.0, False)


def test_a_loop_that_is_held_up_again_and_again_sheds_and_recovers() -> None:
    async def run() -> tuple[bool, bool]:
        overload = Overload()
        watch = Watch(overload)
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


def test_a_queue_that_nothing_comes_to_is_empty() -> None:
    async def run() -> float:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
            overload = Overload()
            queue = Queue(opened, overload)
            queue.waited_ms = 30.0
            watch = Watch(overload, every_ms=1.0)
            await asyncio.sleep(0.02)
            watch.close()
            return queue.waited_ms

    assert asyncio.run(run()) == pytest.approx(0.0)
