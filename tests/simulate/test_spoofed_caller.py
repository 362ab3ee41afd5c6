"""Calls from abroad claim domestic numbers, and at higher levels mobile numbers."""

from tests.simulate.scenario_run import run_scenario


def test_a_blunt_caller_claims_the_police_and_the_banks() -> None:
    calls = run_scenario("spoofed_caller", gangs=1)["call_offered"]
    claimed = {row["caller"] for row in calls}
    assert {"110", "95588", "+8695588"} <= claimed
    assert {(row["ingress"], row["proven_caller"]) for row in calls} == {("international_gateway", None)}


def test_a_wiser_caller_claims_mobiles_among_honest_calls() -> None:
    calls = run_scenario("spoofed_caller", 3, gangs=1)["call_offered"]
    protected = sum(row["caller"] in ("110", "95588", "+8695588", "+86110") for row in calls)
    assert protected < 0.01 * len(calls)
    assert sum(not row["caller"].startswith("+86") for row in calls) > 0.8 * len(calls)
