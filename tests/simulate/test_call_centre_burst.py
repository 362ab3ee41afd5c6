"""A call centre dials many strangers, and from level 1 stays inside the limits."""

import pytest
from tests.simulate.scenario_run import max_per_hour, run_scenario


def test_a_blunt_centre_dials_strangers_and_few_answer() -> None:
    run = run_scenario("call_centre_burst")
    calls = run.select_calls(run.subjects("phone_number", "fraud"))
    assert max_per_hour(calls, "caller") == 60
    assert 0.25 < sum(call["answered"] for call in calls) / len(calls) < 0.45
    assert len({call["callee"] for call in calls}) > 0.5 * 1_500
    assert {call["proven_caller"] == call["caller"] for call in calls} == {True}


def test_the_other_gang_calls_from_abroad_over_its_trunk_and_proves_nothing() -> None:
    run = run_scenario("call_centre_burst")
    (trunk,) = run.subjects("trunk")
    calls = [row for row in run["call_offered"] if row["trunk"] == trunk]
    assert {(row["ingress"], row["proven_caller"]) for row in calls} == {("international_gateway", None)}


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_wise_centre_stays_below_the_limits(level: int) -> None:
    run = run_scenario("call_centre_burst", level)
    numbers = run.subjects("phone_number", "fraud")
    calls = run.select_calls(numbers)
    assert max_per_hour(calls, "caller") <= 24
    talks = [call["talk_ms"] for call in calls if call["answered"]]
    assert sum(talks) / len(talks) > 20_000
    assert len(numbers) == 4 * (4 if level >= 2 else 1)
