"""Decisions of the last half minute: a call that comes again, resent or by another way, is decided and counted once."""

from fanzha.screen.decision import Decision

#: How long a client resends a request (RFC 3261 §17.1.1.2, timer B).
REPEATED_MS = 32_000
MOST = 400_000


class Repeats:
    """Decisions by the facts they were taken on: Call-ID, From tag, and all that the decision looked at.

    Call-ID and tag alone would let a caller be allowed once and call others under the same name. Decisions are kept for
    REPEATED_MS to twice that, in two halves: the older is forgotten as a whole, early where more than `most` come.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most // 2
        self._new: dict[bytes, Decision] = {}
        self._old: dict[bytes, Decision] = {}
        self._turn_ms = 0

    def __len__(self) -> int:
        return len(self._new) + len(self._old)

    def find(self, facts: bytes) -> Decision | None:
        """Return what was decided on the same facts lately."""
        return self._new.get(facts) or self._old.get(facts)

    def keep(self, facts: bytes, decision: Decision, now_ms: int) -> None:
        """Remember a decision; `now_ms` may be of any clock that does not stand still."""
        if now_ms >= self._turn_ms or len(self._new) >= self._most:
            stale = now_ms >= self._turn_ms + REPEATED_MS
            self._new, self._old = {}, {} if stale else self._new
            self._turn_ms = now_ms + REPEATED_MS
        self._new[facts] = decision
