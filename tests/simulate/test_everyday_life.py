"""Residents call their contacts mostly by day and return missed calls; the numbers of our subscribers are proven."""

from collections import Counter

from tests.simulate.scenario_run import DAY_MS, HOUR_MS, MONDAY, run_scenario


def test_most_calls_go_to_a_few_known_people_and_many_come_back() -> None:
    calls = run_scenario("everyday_life", days=7)["call_offered"]
    pairs = Counter((row["caller"], row["callee"]) for row in calls)
    assert sum(count for count in pairs.values() if count > 1) > 0.6 * len(calls)
    both = sum((callee, caller) in pairs for caller, callee in pairs)
    assert both > 0.3 * len(pairs)


def test_missed_calls_are_as_many_as_fitted_and_nights_are_quiet() -> None:
    run = run_scenario("everyday_life", days=7)
    answered = sum(row["answered"] for row in run["call_ended"]) / len(run["call_ended"])
    assert abs(answered - (1 - 0.2869)) < 0.02
    night = sum((row["occurred_at"] - MONDAY) % DAY_MS // HOUR_MS in (2, 3, 4) for row in run["call_offered"])
    assert night < 0.02 * len(run["call_offered"])


def test_weekends_are_quieter() -> None:
    days = Counter(
        (row["occurred_at"] - MONDAY) // DAY_MS for row in run_scenario("everyday_life", days=7)["call_offered"]
    )
    assert days[5] + days[6] < 0.9 * (days[1] + days[2])


def test_only_our_own_are_proven_and_the_others_come_over_the_interconnect() -> None:
    run = run_scenario("everyday_life")
    kinds = {(row["ingress"], row["proven_caller"] is None, row["trunk"] is None) for row in run["call_offered"]}
    assert kinds == {("mobile", False, True), ("interconnect", True, False)}
    assert {row["trunk"] for row in run["call_offered"]} - {None} == run.subjects("trunk")
