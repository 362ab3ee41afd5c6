"""A datagram is answered by a datagram on the running loop, and garbage is not."""

import asyncio
from pathlib import Path

from tests.screen.sip.calls import Desk, request, server
from tests.screen.sip.local_pair import local_pair

from fanzha.screen.sip.overload import Overload
from fanzha.screen.sip.udp import Datagrams


def test_each_datagram_is_answered_in_order_until_it_is_closed(tmp_path: Path) -> None:
    async def run() -> list[bytes]:
        desk, overload = Desk(), Overload()
        with local_pair(tmp_path) as (near, far):
            near.setblocking(False)
            far.setblocking(False)
            datagrams = Datagrams(near, server(desk=desk), overload)
            for message in (request(), b"junk", b"\r\n\r\n", request(), request("Call-ID: other")):
                far.send(message)
            answers = [await asyncio.wait_for(asyncio.get_running_loop().sock_recv(far, 4096), 5) for _ in range(3)]
            datagrams.close()
            assert (overload.queues, datagrams.lost, len(desk.asked)) == ([], 0, 2)
            return answers

    answers = asyncio.run(run())
    assert [answer[:12] for answer in answers] == [b"SIP/2.0 302 "] * 3
    assert answers[0] == answers[1] and b"Call-ID: other\r\n" in answers[2]
