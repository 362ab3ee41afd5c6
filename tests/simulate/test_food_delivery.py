"""Riders call strangers in bursts at meal times."""

from tests.simulate.told import DAY_MS, HOUR_MS, MONDAY, tell


def test_most_calls_are_at_meal_times_and_last_seconds() -> None:
    told = tell("food_delivery")
    calls = told.calls_of(told.subjects("phone_number"))
    hours = [(call["occurred_at"] - MONDAY) % DAY_MS // HOUR_MS for call in calls]
    assert sum(hour in (10, 11, 12, 17, 18, 19) for hour in hours) > 0.6 * len(hours)
    talks = sorted(call["talk_ms"] for call in calls if call["answered"])
    assert talks[len(talks) // 2] < 20_000
