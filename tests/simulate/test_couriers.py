"""Couriers call strangers all day and are called back, and their phones are look-alikes."""

from tests.simulate.scenario_run import run_scenario


def test_couriers_call_many_strangers_briefly_and_take_calls() -> None:
    run = run_scenario("couriers")
    numbers = run.subjects("phone_number", "look_alike")
    calls = run.select_calls(numbers)
    assert len(numbers) == 8
    assert len(calls) > 60 * 3 * len(numbers)
    talks = sorted(call["talk_ms"] for call in calls if call["answered"])
    assert talks[len(talks) // 2] < 30_000
    incoming = sum(row["callee"] in numbers for row in run["call_offered"])
    assert incoming > 0.1 * len(calls)
    assert len({call["cell"] for call in calls if call["caller"] == min(numbers)}) >= 5
