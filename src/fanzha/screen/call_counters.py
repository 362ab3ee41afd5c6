"""What one door counts of the calls it answers: the same figures whichever way a call came in."""

from fanzha.claims.treatment import TREATMENTS
from fanzha.screen.decision import Decision
from fanzha.screen.metrics import UNSCREENED, Metrics
from fanzha.screen.reasons import FAILED


class DoorCounts:
    """The series of one door (fanzha.screen.metrics.DOORS), taken once."""

    def __init__(self, metrics: Metrics, door: str) -> None:
        """Take the series."""
        self._calls = {treatment: metrics.calls.of(door, treatment) for treatment in TREATMENTS}
        self._unscreened = {why: metrics.unscreened.of(door, why) for why in UNSCREENED}
        self._seconds = metrics.answer_seconds.of(door)
        self._reasons = metrics.reasons

    def answered(self, decision: Decision, nanoseconds: int) -> None:
        """Count an answer, with the time from the call's arrival."""
        self._calls[decision.treatment].value += 1
        self._seconds.add(nanoseconds)
        for reason in decision.reasons:
            self._reasons.of(reason).value += 1
        if not decision.screened:
            why = next((reason for reason in decision.reasons if reason in self._unscreened), FAILED)
            self._unscreened[why].value += 1
