"""Relatives abroad call the same family repeatedly and at length over legitimate trunks."""

from collections import Counter

from tests.simulate.scenario_run import run_scenario


def test_a_relative_calls_one_family_again_and_at_length() -> None:
    run = run_scenario("relatives_abroad", days=7)
    abroad = [row for row in run["call_offered"] if row["ingress"] == "international_gateway"]
    assert {row["trunk"] for row in abroad} == run.subjects("trunk")
    assert {row["callee"] for row in abroad} <= run.subjects("phone_number")
    assert max(Counter((row["caller"], row["callee"]) for row in abroad).values()) >= 5
    lengths = {row["call_id"]: row["talk_ms"] for row in run["call_ended"]}
    assert sum(lengths[row["call_id"]] > 10 * 60_000 for row in abroad) > 0.2 * len(abroad)
