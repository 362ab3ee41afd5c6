"""Riders make bursts of short calls at meal times."""

from tests.simulate.scenario_run import DAY_MS, HOUR_MS, MONDAY, run_scenario


def test_most_calls_are_at_meal_times_and_last_seconds() -> None:
    run = run_scenario("food_delivery")
    calls = run.select_calls(run.subjects("phone_number"))
    hours = [(call["occurred_at"] - MONDAY) % DAY_MS // HOUR_MS for call in calls]
    assert sum(hour in (10, 11, 12, 17, 18, 19) for hour in hours) > 0.6 * len(hours)
    talks = sorted(call["talk_ms"] for call in calls if call["answered"])
    assert talks[len(talks) // 2] < 20_000
