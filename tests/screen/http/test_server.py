"""The server leaves signals to its owner, sweeps once a second and stops when it is told to."""

import asyncio
import signal
import ssl
from pathlib import Path

import pytest
from tests.screen.http.certificates import write_certificate
from tests.screen.http.client import Screen
from tests.screen.http.running_server import (
    LIVE,
    Peer,
    PendingScreener,
    Running,
    RunningServer,
    call,
    run_server,
    with_peer,
)

from fanzha.screen.http import protocol
from fanzha.screen.http import server as module
from fanzha.screen.settings import HttpSettings
from fanzha.screen.settings_reader import load_http_tls


def test_a_server_that_stops_does_not_wait_for_ever(
    run: Running, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOPPING_SECONDS", 0)
    screen.parts.screener = PendingScreener()

    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(call(screen))
        await asyncio.sleep(0.05)

    with_peer(run, screen, tmp_path, does)


def test_with_a_certificate_the_server_speaks_https_and_nothing_else(
    run: Running, screen: Screen, tmp_path: Path
) -> None:
    certificate, key = write_certificate(tmp_path)
    serves = load_http_tls(HttpSettings(certificate=str(certificate), key=str(key)))
    asks = ssl.create_default_context(cafile=str(certificate))

    async def does() -> None:
        async with run_server(screen, tmp_path, tls_context=serves) as running_server:
            opening = asyncio.open_unix_connection(running_server.address, ssl=asks, server_hostname="127.0.0.1")
            sealed = Peer(*await opening)
            for _ in range(2):
                sealed.send(call(screen))
                status, body = await sealed.answer()
                assert status == 200 and b"treatment" in body
            plain = await running_server.peer()
            plain.send(LIVE)
            assert not (await plain.ends()).startswith(b"HTTP/")
            sealed.writer.close()

    run(does())


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
