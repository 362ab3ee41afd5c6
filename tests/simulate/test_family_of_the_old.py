"""Children call an old parent at length, and the parent sometimes calls the bank and receives a code."""

from tests.simulate.scenario_run import run_scenario


def test_talks_are_long_and_some_come_from_abroad() -> None:
    run = run_scenario("family_of_the_old", days=7, people=4_000)
    parents = run.subjects("phone_number")
    lengths = {row["call_id"]: row["talk_ms"] for row in run["call_ended"]}
    evening = [row for row in run["call_offered"] if row["callee"] in parents]
    assert sum(lengths[row["call_id"]] > 20 * 60_000 for row in evening) > 0.15 * len(evening)
    assert {"international_gateway", "mobile", "interconnect"} == {row["ingress"] for row in evening}


def test_the_bank_is_called_and_a_code_follows() -> None:
    run = run_scenario("family_of_the_old", days=7, people=4_000)
    bank = {row["caller"] for row in run["call_offered"] if (row["callee"] or "").startswith("955")}
    assert bank and bank == {row["recipient"] for row in run["message"]}
