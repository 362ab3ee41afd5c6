"""A body is taken whole, in any pieces, up to its limit in size and time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.screen.http import body
from fanzha.screen.http.body import ClientDisconnected, read_body
from fanzha.screen.http.problem import HttpProblem


def sends(*pieces: bytes, then: str = "") -> Callable[[], Awaitable[Any]]:
    """A client that sends pieces, then leaves, hangs, or has sent all."""
    waiting = list(pieces)

    async def receive() -> Any:
        if waiting:
            piece = waiting.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(waiting or then)}
        if then == "hangs":
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    return receive


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=8))
def test_pieces_are_put_together(pieces: list[bytes]) -> None:
    assert asyncio.run(read_body(sends(*pieces), 400)) == b"".join(pieces)


@pytest.mark.parametrize("pieces", [(b"x" * 11,), (b"x" * 6, b"x" * 5), (b"x", b"", b"x" * 10, b"x" * 10**6)])
def test_more_than_the_limit_is_refused_and_the_connection_ends(pieces: tuple[bytes, ...]) -> None:
    with pytest.raises(HttpProblem) as raised:
        asyncio.run(read_body(sends(*pieces), 10))
    assert raised.value.status == 413 and (b"connection", b"close") in raised.value.headers


@pytest.mark.parametrize("pieces", [(), (b"x",), (b"x", b"y")])
def test_whoever_leaves_is_noticed(pieces: tuple[bytes, ...]) -> None:
    with pytest.raises(ClientDisconnected):
        asyncio.run(read_body(sends(*pieces, then="leaves"), 10))


def test_whoever_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "TIMEOUT_SECONDS", 0.01)
    with pytest.raises(HttpProblem) as raised:
        asyncio.run(read_body(sends(b"x", then="hangs"), 10))
    assert raised.value.status == 408


def test_a_message_without_members_is_an_empty_body() -> None:
    async def receive() -> Any:
        return {"type": "http.request"}

    assert asyncio.run(read_body(receive, 10)) == b""
