"""A standby gets the owner's state as it was at one moment and every line after it, none twice and none left out."""

import asyncio
import socket
import time
from pathlib import Path

import pytest
from tests.screen.test_warning_queue import until

from fanzha.screen.event_log import EventLog, LogWriter, RecordDecoder
from fanzha.screen.site import replication
from fanzha.screen.site.replication import StandbyReplicator, StateReceiver


def log_of(folder: Path) -> EventLog:
    return EventLog(LogWriter(folder, waiting=1_000_000, days=1))


async def read_all(receiver: StateReceiver, sequences: list[int]) -> int:
    state, lines = int(await receiver.read_state()), RecordDecoder()
    while data := await receiver.read_lines():
        sequences += [record.sequence for record in lines.feed(data)]
    receiver.close()
    return state


def test_state_and_lines_meet_without_a_gap(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    owner_end, standby_end = socket.socketpair()

    async def run() -> None:
        loop, sequences = asyncio.get_running_loop(), list[int]()
        for n in range(50):
            log.append(n, "fact", None)
        log.flush(0)

        def slow() -> bytes:
            time.sleep(0.1)
            return str(log.sequence).encode()

        replicator = StandbyReplicator(owner_end, log, slow, loop)
        reading = asyncio.create_task(read_all(StateReceiver(standby_end), sequences))
        for n in range(500):
            log.append(n, "fact", "x" * 500)
            if n % 7 == 0:
                log.flush(0)
                await asyncio.sleep(0.001)
        log.flush(0)
        await until(lambda: len(sequences) >= 500)
        replicator.close()
        assert await asyncio.wait_for(reading, 10) == 50
        assert sequences == list(range(51, 551))

    asyncio.run(run())
    log.close(0)


def test_a_state_larger_than_any_buffer_comes_whole(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    owner_end, standby_end = socket.socketpair()
    state = bytes(range(256)) * 100_000

    async def run() -> None:
        replicator = StandbyReplicator(owner_end, log, lambda: state, asyncio.get_running_loop())
        receiver = StateReceiver(standby_end)
        assert await asyncio.wait_for(receiver.read_state(), 30) == state
        replicator.close()
        receiver.close()

    asyncio.run(run())
    log.close(0)


def test_a_standby_that_does_not_keep_up_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication, "MAX_WAITING", 1 << 20)
    log = log_of(tmp_path)
    owner_end, standby_end = socket.socketpair()

    async def run() -> None:
        replicator = StandbyReplicator(owner_end, log, lambda: b"", asyncio.get_running_loop())
        await asyncio.sleep(0.1)
        for _ in range(100):
            log.append(0, "fact", "x" * 100_000)
            log.flush(0)
        assert replicator.lost
        assert not log.sinks

    asyncio.run(run())
    standby_end.close()
    log.close(0)


def test_a_state_that_cannot_be_made_ends_the_line(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    owner_end, standby_end = socket.socketpair()

    async def run() -> None:
        def fails() -> bytes:
            raise ValueError

        replicator = StandbyReplicator(owner_end, log, fails, asyncio.get_running_loop())
        with pytest.raises(EOFError):
            await StateReceiver(standby_end).read_state()
        assert replicator.lost

    asyncio.run(run())
    standby_end.close()
    log.close(0)


def test_a_standby_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    owner_end, standby_end = socket.socketpair()

    async def run() -> None:
        replicator = StandbyReplicator(owner_end, log, lambda: b"7", asyncio.get_running_loop())
        receiver = StateReceiver(standby_end)
        assert await receiver.read_state() == b"7"
        receiver.close()

        def forgotten() -> bool:
            log.append(0, "fact", None)
            log.flush(0)
            return replicator.lost

        await until(forgotten)
        assert not log.sinks

    asyncio.run(run())
    log.close(0)


def test_how_long_lines_wait_for_a_standby_is_told(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    owner_end, standby_end = socket.socketpair()

    async def run() -> None:
        replicator = StandbyReplicator(owner_end, log, lambda: b"0", asyncio.get_running_loop())
        assert replicator.lag_seconds == 0
        for n in range(2_000):
            log.append(n, "fact", "x" * 1_000)
        log.flush(0)
        await asyncio.sleep(0.2)
        assert 0.1 < replicator.lag_seconds < 5
        sequences = list[int]()
        reading = asyncio.create_task(read_all(StateReceiver(standby_end), sequences))
        await until(lambda: len(sequences) == 2_000)
        assert replicator.lag_seconds == 0
        replicator.close()
        await asyncio.wait_for(reading, 10)

    asyncio.run(run())
    log.close(0)
