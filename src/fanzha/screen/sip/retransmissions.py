"""Cache recent decisions, so that a retransmitted call is decided and counted once."""

from fanzha.screen.decision import Decision

#: How long a client retransmits a request (RFC 3261 §17.1.1.2, timer B).
RETRANSMISSION_MS = 32_000
MAX_DECISIONS = 400_000


class DecisionCache:
    """Decisions by their facts: Call-ID, From tag and everything the decision depends on.

    Call-ID and tag alone would let a caller get one call allowed and reuse the answer for others. Decisions are kept
    for one to two times RETRANSMISSION_MS in two generations; the older one is dropped as a whole, early if it is full.
    """

    def __init__(self, max_decisions: int = MAX_DECISIONS) -> None:
        self._max_half = max_decisions // 2
        self._new: dict[bytes, Decision] = {}
        self._old: dict[bytes, Decision] = {}
        self._turn_ms = 0

    def __len__(self) -> int:
        return len(self._new) + len(self._old)

    def find(self, facts: bytes) -> Decision | None:
        """Return the recent decision on the same facts."""
        return self._new.get(facts) or self._old.get(facts)

    def store(self, facts: bytes, decision: Decision, now_ms: int) -> None:
        """Store a decision; `now_ms` may come from any clock that advances."""
        if now_ms >= self._turn_ms or len(self._new) >= self._max_half:
            stale = now_ms >= self._turn_ms + RETRANSMISSION_MS
            self._new, self._old = {}, {} if stale else self._new
            self._turn_ms = now_ms + RETRANSMISSION_MS
        self._new[facts] = decision
