"""Every answer is counted once by treatment, each of its reasons, and whether the call was looked at."""

import pytest

from fanzha.claims.treatment import Treatment
from fanzha.screen.call_counters import CallCounters
from fanzha.screen.decision import Decision
from fanzha.screen.metrics import Metrics
from fanzha.screen.reasons import FAILED, FROM_ABROAD, KILLED, SUSPECTED, UNSCREENED_CLOSED


def counted(*decisions: Decision) -> Metrics:
    metrics = Metrics()
    door = CallCounters(metrics, "http")
    for decision in decisions:
        door.count_answer(decision, 40_000)
    return metrics


def test_an_answer_is_counted_by_door_treatment_reasons_and_time() -> None:
    metrics = counted(Decision(Treatment.REFUSE, (SUSPECTED, FROM_ABROAD)), Decision(Treatment.ALLOW))
    assert [metrics.calls.series_for("http", series).value for series in ("allow", "label", "refuse")] == [1, 0, 1]
    assert metrics.calls.series_for("sip", "refuse").value == 0
    assert [metrics.reasons.series_for(series).value for series in (SUSPECTED, FROM_ABROAD)] == [1, 1]
    assert metrics.answer_seconds.series_for("http").total_ns == 80_000
    assert sum(series.value for series in metrics.unscreened.series.values()) == 0


@pytest.mark.parametrize(
    ("reasons", "why"),
    [((KILLED,), KILLED), ((UNSCREENED_CLOSED, FAILED), FAILED), ((), FAILED)],
)
def test_a_call_that_was_not_looked_at_is_counted_with_why(reasons: tuple[str, ...], why: str) -> None:
    metrics = counted(Decision(Treatment.ALLOW, reasons, screened=False))
    assert metrics.unscreened.series_for("http", why).value == 1
