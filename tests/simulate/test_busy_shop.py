"""A shop opens many honest cards a day; they are used from the next day on."""

from collections import Counter

from tests.simulate.told import DAY_MS, MONDAY, most_in_a_day, tell


def test_a_shop_opens_thirty_cards_a_day_and_hardly_anybody_takes_two() -> None:
    opened = tell("busy_shop")["registration"]
    assert most_in_a_day(opened, "outlet") == 30
    assert max(Counter(row["person"] for row in opened).values()) <= 3
    assert min(row["face_score"] for row in opened) > 0.8


def test_cards_are_used_from_the_day_after_they_were_opened() -> None:
    told = tell("busy_shop")
    opened = {row["number"]: (row["occurred_at"] - MONDAY) // DAY_MS for row in told["registration"]}
    used = {(row["caller"], (row["occurred_at"] - MONDAY) // DAY_MS) for row in told["call_offered"]}
    assert used and all(day > opened[number] for number, day in used if number in opened)
