"""A redirect server as a process of its own: `python -m tests.field.redirecting ADDRESS PROTOCOL` prints its port.

Callers ending in 1 are refused, others labelled as calls from abroad. It ends with its standard input, and then tells
in JSON what it counted.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

import uvloop

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import Attempt
from fanzha.screen.decision import Decision
from fanzha.screen.sip.listener import Listener, TrunkHeader
from fanzha.screen.sip.overload import Overload, Watch
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.repeats import Repeats
from fanzha.screen.sip.tcp import open_stream, serve_stream
from fanzha.screen.sip.udp import Datagrams, open_datagrams

REFUSE = Decision(Treatment.REFUSE, ("watched_number",), 0.9, Treatment.REFUSE, "US")
LABEL = Decision(Treatment.LABEL, ("overseas_call",), 0.5, Treatment.LABEL, "US")


class Desk:
    """Decides by the last digit, and keeps how often it was asked."""

    def __init__(self) -> None:
        self.asked, self.trunks = 0, set[str]()

    def decide(self, attempt: Attempt) -> Decision:
        """Refuse who ends in 1."""
        self.asked += 1
        self.trunks.add(attempt.trunk)
        return REFUSE if attempt.caller.endswith("1") else LABEL


async def serve(address: str, protocol: Any) -> None:
    """Answer until standard input ends."""
    desk, overload = Desk(), Overload()
    listener = Listener("field", address, 0, protocol, trunk=TrunkHeader("X-Trunk"))
    server = RedirectServer(listener, desk.decide, Repeats(), overload)
    watch = Watch(overload)
    opened = open_datagrams(listener) if protocol == "udp" else open_stream(listener)
    serving = Datagrams(opened, server, overload) if protocol == "udp" else await serve_stream(opened, server)
    print(opened.getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    serving.close()
    watch.close()
    answers = {code: count for code, count in enumerate(server.counts.answers) if count}
    told = {**asdict(server.counts), "answers": answers, "asked": desk.asked, "trunks": sorted(desk.trunks)}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
