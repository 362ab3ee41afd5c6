"""The server leaves signals to its owner, sweeps once a second and stops when it is told to."""

import asyncio
import signal
from pathlib import Path

import pytest
from tests.screen.http.client import Screen
from tests.screen.http.running_server import Peer, PendingScreener, Running, RunningServer, call, with_peer

from fanzha.screen.http import protocol
from fanzha.screen.http import server as module


def test_a_server_that_stops_does_not_wait_for_ever(
    run: Running, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOPPING_SECONDS", 0)
    screen.parts.screener = PendingScreener()

    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(call(screen))
        await asyncio.sleep(0.05)

    with_peer(run, screen, tmp_path, does)


def test_uvicorn_sweeps_once_a_second(
    run: Running, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_TIMEOUT_SECONDS", 0.0)

    async def does(_: RunningServer, peer: Peer) -> None:
        assert await asyncio.wait_for(peer.ends(), 3) == b""

    with_peer(run, screen, tmp_path, does)


def test_signals_are_left_to_the_owner(run: Running, screen: Screen, tmp_path: Path) -> None:
    before, states = signal.getsignal(signal.SIGTERM), list[object]()

    async def does(_: RunningServer, peer: Peer) -> None:
        states.append(signal.getsignal(signal.SIGTERM))

    with_peer(run, screen, tmp_path, does)
    assert states == [before]
