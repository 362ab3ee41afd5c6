"""A shop opens many legitimate cards a day, and they are used from the next day."""

from collections import Counter

from tests.simulate.scenario_run import DAY_MS, MONDAY, max_per_day, run_scenario


def test_a_shop_opens_thirty_cards_a_day_and_hardly_anybody_takes_two() -> None:
    opened = run_scenario("busy_shop")["registration"]
    assert max_per_day(opened, "outlet") == 30
    assert max(Counter(row["person"] for row in opened).values()) <= 3
    assert min(row["face_score"] for row in opened) > 0.8


def test_cards_are_used_from_the_day_after_they_were_opened() -> None:
    run = run_scenario("busy_shop")
    opened = {row["number"]: (row["occurred_at"] - MONDAY) // DAY_MS for row in run["registration"]}
    used = {(row["caller"], (row["occurred_at"] - MONDAY) // DAY_MS) for row in run["call_offered"]}
    assert used and all(day > opened[number] for number, day in used if number in opened)
