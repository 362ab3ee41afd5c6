"""A datagram is answered by a datagram, and an error of the network ends nothing."""

import asyncio
import socket
from pathlib import Path

from tests.screen.sip.calls import Desk, request, server

from fanzha.screen.sip.overload import Overload, Queue
from fanzha.screen.sip.udp import Datagrams


def test_each_datagram_is_answered_and_garbage_is_not(tmp_path: Path) -> None:
    """The transport is a real one, over a pair of local sockets; these have names, not addresses."""

    async def run() -> tuple[list[bytes], int]:
        loop, desk, overload = asyncio.get_running_loop(), Desk(), Overload()
        near, far = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
        near.bind(str(tmp_path / "near"))
        far.bind(str(tmp_path / "far"))
        near.connect(str(tmp_path / "far"))
        far.connect(str(tmp_path / "near"))
        near.setblocking(False)
        far.setblocking(False)
        transport, protocol = await loop.create_datagram_endpoint(
            lambda: Datagrams(server(desk=desk), Queue(near, overload)), sock=near
        )
        for message in (request(), b"junk", b"\r\n\r\n", request("Call-ID: other")):
            protocol.datagram_received(message, ("192.0.2.1", 5060))
        protocol.error_received(OSError("nobody there"))
        answers = [await loop.sock_recv(far, 4096) for _ in range(2)]
        transport.close()
        await asyncio.sleep(0.01)
        far.close()
        assert overload.queues == []
        return answers, len(desk.asked)

    answers, asked = asyncio.run(run())
    assert [answer[:12] for answer in answers] == [b"SIP/2.0 302 "] * 2
    assert b"Call-ID: other\r\n" in answers[1] and asked == 2
