"""Test calls over legitimate routes arrive unchanged or are lost."""

from tests.simulate.scenario_run import run_scenario


def test_what_arrives_is_what_was_sent_and_came_through_the_gateway() -> None:
    probes = run_scenario("clean_probes", days=4)["test_call"]
    arrived = [row for row in probes if row["arrived"]]
    assert 0.85 * len(probes) < len(arrived) < len(probes)
    assert {row["received_caller"] == row["sent_caller"] for row in arrived} == {True}
    assert {row["received_ingress"] for row in arrived} == {"international_gateway"}
    lost = [row for row in probes if not row["arrived"]]
    assert {(row["received_caller"], row["received_trunk"]) for row in lost} == {(None, None)}


def test_a_probe_that_arrives_is_a_call_too() -> None:
    run = run_scenario("clean_probes", days=4)
    arrived = {(row["occurred_at"], row["callee"]) for row in run["test_call"] if row["arrived"]}
    assert {(row["occurred_at"], row["callee"]) for row in run["call_offered"]} == arrived
