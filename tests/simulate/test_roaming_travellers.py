"""Travellers call over an international trunk with their own number and proven roaming."""

from tests.simulate.scenario_run import run_scenario


def test_their_own_number_is_proven_although_it_comes_from_abroad() -> None:
    run = run_scenario("roaming_travellers")
    calls = run["call_offered"]
    assert {row["caller"] for row in calls} == {row["proven_caller"] for row in calls}
    assert {row["caller"] for row in calls} <= run.subjects("phone_number")
    assert {(row["ingress"], row["roaming"]) for row in calls} == {("international_gateway", "proven")}
