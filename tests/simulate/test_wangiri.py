"""Calls from abroad ring once, and some residents call the premium number back."""

from tests.simulate.scenario_run import max_per_hour, run_scenario


def test_it_rings_once_over_its_trunk_and_is_called_back() -> None:
    run = run_scenario("wangiri")
    numbers = run.subjects("phone_number")
    calls = run.select_calls(numbers)
    ended = {row["call_id"]: row for row in run["call_ended"]}
    assert max_per_hour(calls, "caller") == 200
    assert sum(call["answered"] for call in calls) < 0.06 * len(calls)
    rings = [ended[call["call_id"]]["occurred_at"] - call["occurred_at"] for call in calls]
    assert sorted(rings)[len(rings) // 2] < 2_000
    return_calls = [row for row in run["call_offered"] if row["callee"] in numbers]
    assert return_calls and {row["ingress"] for row in return_calls} == {"mobile", "interconnect"}


def test_a_wise_one_rings_longer_and_rings_fewer() -> None:
    run = run_scenario("wangiri", 1)
    calls = run.select_calls(run.subjects("phone_number"))
    assert len(calls) < len(run_scenario("wangiri").select_calls(run_scenario("wangiri").subjects("phone_number"))) / 3
    ended = {row["call_id"]: row["occurred_at"] for row in run["call_ended"]}
    assert min(ended[call["call_id"]] - call["occurred_at"] for call in calls) > 4_000
