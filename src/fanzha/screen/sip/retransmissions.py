"""Cache recent decisions, so that a retransmitted call is decided and counted once."""

from fanzha.screen.decision import Decision

#: How long a client retransmits a request (RFC 3261 §17.1.1.2, timer B).
RETRANSMISSION_MS = 32_000
#: Half of it holds the decisions of RETRANSMISSION_MS at 6,250 new calls per second.
MAX_DECISIONS = 400_000


class DecisionCache:
    """Recent decisions, by key: the bytes of Call-ID, From tag and every fact that the decision depends on.

    Call-ID and From tag alone would let a caller get one call allowed and reuse the answer for others. The cache has
    two generations of RETRANSMISSION_MS each: when the new one is over, or holds half of `max_decisions`, it becomes
    the old one and the previous old one is dropped. A decision is thus kept for one to two times RETRANSMISSION_MS,
    or less in a full cache.
    """

    def __init__(self, max_decisions: int = MAX_DECISIONS) -> None:
        self._max_half = max_decisions // 2
        self._new: dict[bytes, Decision] = {}
        self._old: dict[bytes, Decision] = {}
        self._rotate_at_ms = 0

    def __len__(self) -> int:
        return len(self._new) + len(self._old)

    def find(self, key: bytes) -> Decision | None:
        """Return the recent decision with this key."""
        return self._new.get(key) or self._old.get(key)

    def store(self, key: bytes, decision: Decision, now_ms: int) -> None:
        """Store a decision; `now_ms` is from a monotonic clock."""
        if now_ms >= self._rotate_at_ms or len(self._new) >= self._max_half:
            stale = now_ms >= self._rotate_at_ms + RETRANSMISSION_MS
            self._old = {} if stale else self._new
            self._new = {}
            self._rotate_at_ms = now_ms + RETRANSMISSION_MS
        self._new[key] = decision
