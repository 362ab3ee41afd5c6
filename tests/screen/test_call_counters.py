"""Every answer is counted once by trunk, treatment, each of its reasons, and whether the call was looked at."""

import pytest

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_counters import MAX_DECISIONS, CallCounters, ProofCounters
from fanzha.screen.decision import Decision
from fanzha.screen.metric_types import OTHER
from fanzha.screen.metrics import PROOFS, Metrics
from fanzha.screen.reasons import FAILED, FROM_ABROAD, KILLED, LATE, OVERLOADED, SUSPECTED, UNSCREENED_CLOSED
from fanzha.screen.stir.result import Verification, Verstat, unsuccessful

ATTEMPT = CallAttempt(0, "c-1", "+8617000000001", "+8617000000900", "IGW-1")


@pytest.mark.parametrize(
    ("attempt", "proof"),
    [
        (ATTEMPT, "none"),
        (ATTEMPT._replace(own=True, attested=True), "line"),
        (ATTEMPT._replace(attested=True), "signature"),
        (ATTEMPT._replace(attestation="B"), "none"),
    ],
)
def test_a_call_is_counted_by_what_proves_its_caller(attempt: CallAttempt, proof: str) -> None:
    metrics = Metrics(["IGW-1"])
    ProofCounters(metrics, "IGW-1").count(attempt)
    counts = {name: metrics.proofs.series_for("IGW-1", name).value for name in PROOFS}
    assert counts == {name: int(name == proof) for name in PROOFS}
    assert not metrics.verifications.series


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (Verification(Verstat.PASSED, "", "A"), "passed_A"),
        (Verification(Verstat.PASSED), "passed"),
        (unsuccessful("stale"), "stale"),
        (unsuccessful("certificate_pending"), "certificate_pending"),
    ],
)
def test_a_result_of_signatures_is_counted_by_trunk(result: Verification, code: str) -> None:
    metrics = Metrics(["IGW-1"])
    ProofCounters(metrics, "IGW-1").count(ATTEMPT._replace(verification=result))
    assert {values: series.value for values, series in metrics.verifications.series.items()} == {("IGW-1", code): 1}


def test_a_trunk_without_a_table_counts_among_the_others() -> None:
    metrics = Metrics(["IGW-1"])
    for trunk in ("*", "unknown"):
        ProofCounters(metrics, trunk).count(ATTEMPT)
    assert metrics.proofs.series_for(OTHER, "none").value == 2


def counted(*decisions: Decision, trunk: str = "IGW-1") -> Metrics:
    metrics = Metrics(["IGW-1", "MSC-1", "*"])
    counters = CallCounters(metrics, "http")
    for decision in decisions:
        counters.count_answer(counters.counts_of(trunk), decision, 2_000_000, 2_040_000)
    counters.collect()
    return metrics


def test_an_answer_is_counted_by_door_treatment_reasons_and_time() -> None:
    metrics = counted(Decision(Treatment.REFUSE, (SUSPECTED, FROM_ABROAD)), Decision(Treatment.ALLOW))
    assert [metrics.calls.series_for("http", series).value for series in ("allow", "label", "refuse")] == [1, 0, 1]
    assert metrics.calls.series_for("sip", "refuse").value == 0
    assert [metrics.reasons.series_for(series).value for series in (SUSPECTED, FROM_ABROAD)] == [1, 1]
    assert metrics.answer_seconds.series_for("http").total_ns == 4_080_000
    assert sum(series.value for series in metrics.unscreened.series.values()) == 0


def test_a_trunk_shows_the_treatment_meant_beside_the_one_applied() -> None:
    shadow = Decision(Treatment.ALLOW, (SUSPECTED,), 0.9, Treatment.REFUSE)
    metrics = counted(shadow, shadow, Decision(Treatment.REFUSE, (SUSPECTED,), 0.9, Treatment.REFUSE))
    assert metrics.trunk_calls.series_for("IGW-1", "refuse", "allow").value == 2
    assert metrics.trunk_calls.series_for("IGW-1", "refuse", "refuse").value == 1
    assert sum(series.value for series in metrics.trunk_calls.series.values()) == 3
    waits = metrics.trunk_wait_seconds.series_for("IGW-1")
    assert (sum(waits.counts), waits.total_ns) == (3, 6_000_000)


@pytest.mark.parametrize("trunk", ["", "*", OTHER, "a trunk that nobody configured"])
def test_trunks_that_are_not_configured_share_one_series(trunk: str) -> None:
    metrics = counted(Decision(Treatment.ALLOW), trunk=trunk)
    assert metrics.trunk_calls.series_for(OTHER, "allow", "allow").value == 1
    assert metrics.trunks == ("IGW-1", "MSC-1", OTHER)


@pytest.mark.parametrize(
    ("reasons", "why"),
    [((KILLED,), KILLED), ((UNSCREENED_CLOSED, FAILED), FAILED), ((), FAILED)],
)
def test_a_call_that_was_not_looked_at_is_counted_with_why(reasons: tuple[str, ...], why: str) -> None:
    metrics = counted(Decision(Treatment.ALLOW, reasons, screened=False))
    assert metrics.unscreened.series_for("http", why).value == 1


@pytest.mark.parametrize("why", [LATE, OVERLOADED])
def test_a_call_that_was_shed_counts_with_its_true_wait(why: str) -> None:
    metrics = counted(Decision(Treatment.ALLOW, (why,), screened=False))
    shed = metrics.trunk_shed_seconds.series_for("IGW-1", why)
    assert (sum(shed.counts), shed.total_ns) == (1, 2_000_000)
    assert sum(metrics.trunk_wait_seconds.series_for("IGW-1").counts) == 0


def test_dropped_and_pushed_back_calls_count_with_their_wait() -> None:
    metrics = Metrics(["IGW-1"])
    counters = CallCounters(metrics, "sip")
    counters.count_dropped(counters.counts_of("IGW-1"), 700_000_000)
    counters.count_pushed_back(counters.counts_of("IGW-1"), 50_000_000)
    assert metrics.trunk_shed_seconds.series_for("IGW-1", LATE).total_ns == 700_000_000
    assert metrics.trunk_shed_seconds.series_for("IGW-1", OVERLOADED).total_ns == 50_000_000
    assert metrics.unscreened.series_for("sip", LATE).value == 1


def test_decisions_that_all_differ_take_no_more_memory_and_are_all_counted() -> None:
    metrics = Metrics(["IGW-1"])
    counters = CallCounters(metrics, "sip")
    trunk = counters.counts_of("IGW-1")
    for number in range(3 * MAX_DECISIONS):
        counters.count_answer(trunk, Decision(Treatment.LABEL, (FROM_ABROAD,), score=number), 0, 0)
    assert len(trunk.decisions) <= MAX_DECISIONS
    counters.collect()
    assert metrics.calls.series_for("sip", "label").value == 3 * MAX_DECISIONS


def test_repeats_and_status_codes_are_read_once() -> None:
    metrics = Metrics(["IGW-1"])
    counters = CallCounters(metrics, "sip")
    trunk = counters.counts_of("IGW-1")
    trunk.repeats, trunk.responses[302], trunk.responses[603] = 2, 5, 1
    for _ in range(2):
        metrics.text()
    assert metrics.trunk_repeats.series_for("IGW-1").value == 2
    assert [metrics.trunk_responses.series_for("IGW-1", code).value for code in ("302", "603")] == [5, 1]


def test_a_call_in_a_copy_is_counted_by_trunk_without_a_wait() -> None:
    metrics = Metrics(["IGW-1"])
    counters = CallCounters(metrics, "hep")
    for trunk in ("IGW-1", "IGW-1", "unknown"):
        counters.count_judged(Decision(Treatment.ALLOW, (SUSPECTED,), 0.9, Treatment.REFUSE), trunk)
    metrics.text()
    assert metrics.calls.series_for("hep", "allow").value == 3
    assert metrics.trunk_calls.series_for("IGW-1", "refuse", "allow").value == 2
    assert sum(metrics.answer_seconds.series_for("hep").counts) == 0
