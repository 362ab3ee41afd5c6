"""A datagram is answered by a datagram on the running loop, and garbage is not."""

import asyncio
import socket
import time
from pathlib import Path

from tests.screen.sip.calls import ALLOW, FakeDecider, request, server
from tests.screen.sip.local_pair import local_pair

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.overload import LoopWatch, OverloadControl
from fanzha.screen.reasons import LATE
from fanzha.screen.settings import ScreenSettings
from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import DecisionCache
from fanzha.screen.sip.udp import UdpServer


def test_each_datagram_is_answered_in_order_until_it_is_closed(tmp_path: Path) -> None:
    async def run() -> list[bytes]:
        desk, overload = FakeDecider(), OverloadControl()
        with local_pair(tmp_path) as (near, far):
            near.setblocking(False)
            far.setblocking(False)
            datagrams = UdpServer(near, server(desk=desk), overload)
            for message in (request(), b"junk", b"\r\n\r\n", request(), request("Call-ID: other")):
                far.send(message)
            answers = [await asyncio.wait_for(asyncio.get_running_loop().sock_recv(far, 4096), 5) for _ in range(3)]
            datagrams.close()
            assert (overload.queues, datagrams.lost, len(desk.attempts)) == ([], 0, 2)
            return answers

    answers = asyncio.run(run())
    assert [answer[:12] for answer in answers] == [b"SIP/2.0 302 "] * 3
    assert answers[0] == answers[1] and b"Call-ID: other\r\n" in answers[2]


def test_a_datagram_that_waited_past_the_shipped_limit_is_late(socket_enabled: None) -> None:
    limit = ScreenSettings().overload.late_ms
    late = list[str]()

    def spill(_attempt: CallAttempt, why: str) -> Decision:
        late.append(why)
        return ALLOW._replace(screened=False)

    async def run() -> bytes:
        loop, overload = asyncio.get_running_loop(), OverloadControl(0.8 * limit, limit)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as near, socket.socket(type=socket.SOCK_DGRAM) as far:
            near.bind(("127.0.0.1", 0))
            far.connect(near.getsockname())
            near.setblocking(False)
            far.setblocking(False)
            same = RedirectServer(
                Listener("test", "127.0.0.1"), FakeDecider().decide, DecisionCache(), overload, spill=spill
            )
            datagrams, watch = UdpServer(near, same, overload), LoopWatch(overload)
            via = f"Via: SIP/2.0/UDP 127.0.0.1:{far.getsockname()[1]};branch=z9hG4bK776asdhds"
            for number in range(50):  # the kernel begins to keep when packets come, sooner or later
                await asyncio.sleep(0.02)
                far.send(request(via, f"Call-ID: {number}"))
                time.sleep(0.08)  # nothing is read meanwhile
                answer = await asyncio.wait_for(loop.sock_recv(far, 4096), 5)
                if late:
                    break
            watch.close()
            datagrams.close()
            return answer

    answer = asyncio.run(run())
    assert late[0] == LATE and b"X-Fanzha-Screened: no\r\n" in answer
