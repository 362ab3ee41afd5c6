"""Metrics of answered calls, the same for every listener."""

from fanzha.claims.treatment import TREATMENTS
from fanzha.screen.decision import Decision
from fanzha.screen.metrics import UNSCREENED, Metrics
from fanzha.screen.reasons import FAILED


class CallCounters:
    """The metric series of one listener, resolved once."""

    def __init__(self, metrics: Metrics, door: str) -> None:
        """Resolve the series; `door` is one of fanzha.screen.metrics.LISTENERS."""
        self._calls = {treatment: metrics.calls.series_for(door, treatment) for treatment in TREATMENTS}
        self._unscreened = {why: metrics.unscreened.series_for(door, why) for why in UNSCREENED}
        self._seconds = metrics.answer_seconds.series_for(door)
        self._reasons = metrics.reasons

    def count_answer(self, decision: Decision, nanoseconds: int) -> None:
        """Count an answer and the time since the call arrived."""
        self._calls[decision.treatment].value += 1
        self._seconds.add(nanoseconds)
        for reason in decision.reasons:
            self._reasons.series_for(reason).value += 1
        if not decision.screened:
            why = next((reason for reason in decision.reasons if reason in self._unscreened), FAILED)
            self._unscreened[why].value += 1
