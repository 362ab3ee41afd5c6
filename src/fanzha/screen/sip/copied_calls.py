"""Judge the calls in copies of SIP: the same scan, and so the same identities, as a listener that answers them.

Nothing goes back to the network, so a screen that only gets copies judges every call and treats none.
"""

from collections.abc import Callable

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.listener import Listener, TrunkHeader
from fanzha.screen.sip.message import LONGEST_NAME, MessageSlots, parse_attempt, shorten_facts

#: Judges a call without treating it.
JudgeCall = Callable[[CallAttempt], object]

_INVITE, _FINE = int(layout.INVITE), int(layout.FINE)


class CopiedCalls:
    """Reads INVITE requests in copies and passes each call on to be judged."""

    def __init__(self, listener: Listener, judge: JudgeCall) -> None:
        """`listener` says where the trunk is named and whether identities are asserted; it opens no socket."""
        self._slots, self._judge = MessageSlots(listener), judge
        self._needs_trunk = isinstance(listener.trunk, TrunkHeader)
        self.judged = self.malformed = 0

    def receive(self, message: bytes, at: int) -> bool:
        """Judge the call of an INVITE that arrived at `at` (UTC ms); return False for one that another copy must tell.

        That is a copy without the header field that names the trunk: it was taken before the edge added it. A malformed
        INVITE is counted: a listener answers it 400, so it is no call.
        """
        slots = self._slots
        slots.scan(message, 0, "", 0)
        fault, method, tagged, _, contact_end, facts_end, *_ = slots.read_marks(slots.single)
        if method != _INVITE or tagged:
            return True
        if fault != _FINE:
            self.malformed += 1
            return True
        facts = slots.buffers[slots.single][contact_end:facts_end].tobytes()
        if len(facts) > LONGEST_NAME:
            facts = shorten_facts(facts)
        attempt = parse_attempt(facts, at)
        if self._needs_trunk and not attempt.trunk:
            return False
        self.judged += 1
        self._judge(attempt)
        return True
