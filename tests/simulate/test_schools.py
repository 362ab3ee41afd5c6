"""A teacher calls all parents of the class in one evening."""

from collections import Counter

from tests.simulate.scenario_run import DAY_MS, MONDAY, run_scenario


def test_some_evenings_a_whole_class_is_called() -> None:
    run = run_scenario("schools", days=5, people=3_000)
    numbers = run.subjects("phone_number")
    calls = [row for row in run["call_offered"] if row["caller"] in numbers]
    per_evening = Counter((row["caller"], (row["occurred_at"] - MONDAY) // DAY_MS) for row in calls)
    assert max(per_evening.values()) >= 44
    assert sorted(per_evening.values())[len(per_evening) // 2] < 15
