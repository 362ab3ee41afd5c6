"""Licensed centres call in bulk from 95, 400 and fixed numbers that their leased lines prove."""

from tests.simulate.scenario_run import max_per_hour, run_scenario


def test_they_call_out_in_bulk_from_numbers_they_may_show() -> None:
    run = run_scenario("licensed_call_centres")
    calls = run["call_offered"]
    assert max_per_hour(calls, "caller") == 120
    assert {row["caller"] for row in calls} == {row["proven_caller"] for row in calls} == run.subjects("phone_number")
    assert {row["ingress"] for row in calls} == {"leased_line"}
    assert {row["caller"][:5] for row in calls} == {"95199", "+8640", "+8621"}
