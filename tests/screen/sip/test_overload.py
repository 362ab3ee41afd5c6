"""Calls are shed when they wait too long, and taken again soon after; the wait is the kernel's own word."""

import asyncio
import socket
import time
from pathlib import Path

import pytest

from fanzha.screen.sip.overload import Overload, Queue, Watch


def test_shedding_begins_above_the_wait_and_ends_at_a_quarter_of_it() -> None:
    overload, shed = Overload(wait_ms=20.0), []
    for lag in (0.0, 19.0, 21.0, 10.0, 6.0, 4.0, 10.0):
        overload.lag_ms = lag
        overload.judge()
        shed.append(overload.shedding)
    assert shed == [False, False, True, True, True, False, False]


def test_the_longest_wait_of_all_queues_counts(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        overload = Overload()
        one, other = Queue(opened, overload), Queue(opened, overload)
        one.waited_ms = 30.0
        overload.judge()
        assert overload.shedding
        one.close()
        overload.judge()
        assert not overload.shedding
        assert overload.queues == [other]


def test_a_socket_that_cannot_tell_leaves_the_lag_of_the_loop() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        overload = Overload()
        queue = Queue(opened, overload)
        queue.look()
        assert (queue.due, queue.waited_ms, overload.shedding) == (False, 0.0, False)


def test_a_loop_that_is_held_up_sheds_and_recovers() -> None:
    async def run() -> tuple[bool, bool]:
        overload = Overload()
        watch = Watch(overload)
        await asyncio.sleep(0.01)
        time.sleep(0.05)
        while overload.lag_ms < 20.0:  # the timer that was due in the meantime comes next
            await asyncio.sleep(0)
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
