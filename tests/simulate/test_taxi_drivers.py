"""Drivers exchange calls with strangers from many cells."""

from tests.simulate.scenario_run import run_scenario


def test_drivers_call_and_are_called_by_strangers_from_many_cells() -> None:
    run = run_scenario("taxi_drivers")
    numbers = run.subjects("phone_number")
    calls = run.select_calls(numbers)
    assert len({call["callee"] for call in calls}) > 0.7 * len(calls) * 0.8
    assert len({call["cell"] for call in calls if call["caller"] == min(numbers)}) > 10
    assert sum(row["callee"] in numbers for row in run["call_offered"]) > 0.3 * len(calls)
