"""Whatever is sent to a screen, it answers cleanly or not at all, and its memory stays flat.

`make fuzz-screens` sends a million instead of 20,000.
"""

import os
import re
from itertools import islice
from pathlib import Path

import pytest
from tests.screen.sip.calls import PROXY
from tests.screen.sip.hostile import mutations

from fanzha.claims.treatment import TREATMENTS
from fanzha.screen.attempt import Attempt
from fanzha.screen.decision import Decision
from fanzha.screen.sip.listener import Listener, TrunkGroup, TrunkHeader
from fanzha.screen.sip.overload import Overload
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.repeats import Repeats

INPUTS, SEED = int(os.environ.get("FANZHA_FUZZ_CASES", "20000")), int(os.environ.get("FANZHA_FUZZ_SEED", "1"))
GROWTH_BYTES = 8 << 20  # after a tenth of the inputs; a byte kept of each would already show at a million

LISTENERS = (
    Listener("udp", "192.0.2.9", trunk=TrunkHeader("X-Trunk"), trusted=True, attestation="P-Attestation-Indicator"),
    Listener("tcp", "192.0.2.9", protocol="tcp", trunk=TrunkGroup()),
)
OWN = rb"(?:X-Fanzha-[A-Z][a-z]+|Reason|Allow|Accept|Supported|Retry-After):[ -~]*"
CLEAN = re.compile(
    rb"SIP/2\.0 [2-6]\d\d [ -~]+\r\n(?:Via: [^\r\n]*\r\n)+"
    rb"(?:From: [^\r\n]*\r\n)?(?:To: [^\r\n]*\r\n)?(?:Call-ID: [^\r\n]*\r\n)?(?:CSeq: [^\r\n]*\r\n)?"
    rb"(?:Contact: <[!#-;=?-~]+>\r\n)?(?:" + OWN + rb"\r\n)*Content-Length: 0\r\n\r\n"
)


def decide(attempt: Attempt) -> Decision:
    """Treat calls by the length of the number; what is told of them must be bounded and printable."""
    assert all(len(each) <= 300 for each in attempt[1:] if isinstance(each, str))
    assert not re.search(r"[\x00-\x1f\x7f]", "".join(map(str, attempt)))
    return Decision(TREATMENTS[len(attempt.caller) % len(TREATMENTS)], ("overseas_call",))


def resident_bytes() -> int:
    """Return how much memory this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("listener", LISTENERS, ids=lambda listener: listener.name)
def test_hostile_sip_is_answered_cleanly_or_not_at_all_and_memory_stays_flat(listener: Listener) -> None:
    repeats = Repeats(most=1_000)
    server = RedirectServer(listener, decide, repeats, Overload())
    held, answers = 0, 0
    for number, message in enumerate(islice(mutations(SEED), INPUTS // len(LISTENERS))):
        text, port, end, _ = server.answer(message, 0, PROXY, 5060)
        assert 0 <= end <= len(message) + 65_535
        if text:
            answers += 1
            assert CLEAN.fullmatch(text), message
            assert 0 < port <= 65_535
        if number == INPUTS // len(LISTENERS) // 10:
            held = resident_bytes()
    assert answers > INPUTS // len(LISTENERS) // 10
    assert resident_bytes() - held < GROWTH_BYTES
