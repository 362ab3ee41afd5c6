"""A standby gets the owner's state as it was at one moment and every line after it, none twice and none left out."""

import asyncio
import socket
import time
from pathlib import Path

import pytest
from tests.screen.test_warning_queue import until

from fanzha.screen.event_log import Lines, Log, Writer
from fanzha.screen.site import replication
from fanzha.screen.site.replication import Follower, Giver


def log_of(folder: Path) -> Log:
    return Log(Writer(folder, waiting=1_000_000, days=1))


async def read_all(follower: Follower, found: list[int]) -> int:
    state, lines = int(await follower.state()), Lines()
    while data := await follower.lines():
        found += [record.sequence for record in lines.feed(data)]
    follower.close()
    return state


def test_state_and_lines_meet_without_a_gap(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    one, other = socket.socketpair()

    async def run() -> None:
        loop, found = asyncio.get_running_loop(), list[int]()
        for n in range(50):
            log.append(n, "fact", None)
        log.flush(0)

        def slow() -> bytes:
            time.sleep(0.1)
            return str(log.sequence).encode()

        giver = Giver(one, log, slow, loop)
        reading = asyncio.create_task(read_all(Follower(other), found))
        for n in range(500):
            log.append(n, "fact", "x" * 500)
            if n % 7 == 0:
                log.flush(0)
                await asyncio.sleep(0.001)
        log.flush(0)
        await until(lambda: len(found) >= 500)
        giver.close()
        assert await asyncio.wait_for(reading, 10) == 50
        assert found == list(range(51, 551))

    asyncio.run(run())
    log.close(0)


def test_a_state_larger_than_any_buffer_comes_whole(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    one, other = socket.socketpair()
    state = bytes(range(256)) * 100_000

    async def run() -> None:
        giver = Giver(one, log, lambda: state, asyncio.get_running_loop())
        follower = Follower(other)
        assert await asyncio.wait_for(follower.state(), 30) == state
        giver.close()
        follower.close()

    asyncio.run(run())
    log.close(0)


def test_a_standby_that_does_not_keep_up_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication, "MOST_WAITING", 1 << 20)
    log = log_of(tmp_path)
    one, other = socket.socketpair()

    async def run() -> None:
        giver = Giver(one, log, lambda: b"", asyncio.get_running_loop())
        await asyncio.sleep(0.1)
        for _ in range(100):
            log.append(0, "fact", "x" * 100_000)
            log.flush(0)
        assert giver.lost
        assert not log.sinks

    asyncio.run(run())
    other.close()
    log.close(0)


def test_a_state_that_cannot_be_made_ends_the_line(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    one, other = socket.socketpair()

    async def run() -> None:
        def fails() -> bytes:
            raise ValueError

        giver = Giver(one, log, fails, asyncio.get_running_loop())
        with pytest.raises(EOFError):
            await Follower(other).state()
        assert giver.lost

    asyncio.run(run())
    other.close()
    log.close(0)


def test_a_standby_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    one, other = socket.socketpair()

    async def run() -> None:
        giver = Giver(one, log, lambda: b"7", asyncio.get_running_loop())
        follower = Follower(other)
        assert await follower.state() == b"7"
        follower.close()

        def forgotten() -> bool:
            log.append(0, "fact", None)
            log.flush(0)
            return giver.lost

        await until(forgotten)
        assert not log.sinks

    asyncio.run(run())
    log.close(0)


def test_how_long_lines_wait_for_a_standby_is_told(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    one, other = socket.socketpair()

    async def run() -> None:
        giver = Giver(one, log, lambda: b"0", asyncio.get_running_loop())
        assert giver.lag_seconds == 0
        for n in range(2_000):
            log.append(n, "fact", "x" * 1_000)
        log.flush(0)
        await asyncio.sleep(0.2)
        assert 0.1 < giver.lag_seconds < 5
        found = list[int]()
        reading = asyncio.create_task(read_all(Follower(other), found))
        await until(lambda: len(found) == 2_000)
        assert giver.lag_seconds == 0
        giver.close()
        await asyncio.wait_for(reading, 10)

    asyncio.run(run())
    log.close(0)
