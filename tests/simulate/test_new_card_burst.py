"""A card is opened, stays silent for days, and then calls many strangers."""

from tests.simulate.scenario_run import DAY_MS, MONDAY, max_per_day, run_scenario


def test_cards_opened_on_the_first_day_are_silent_until_they_burst() -> None:
    run = run_scenario("new_card_burst", days=5, gangs=1)
    assert {(row["occurred_at"] - MONDAY) // DAY_MS for row in run["registration"]} == {0}
    assert min((row["occurred_at"] - MONDAY) // DAY_MS for row in run["call_offered"]) == 3
    assert max_per_day(run["call_offered"], "caller") == 90


def test_a_wise_one_calls_one_less_than_the_limit_and_takes_turns() -> None:
    assert max_per_day(run_scenario("new_card_burst", 1, days=5, gangs=1)["call_offered"], "caller") == 49
    rotating = run_scenario("new_card_burst", 2, days=5, gangs=1)
    assert rotating.subjects("phone_number") == {row["caller"] for row in rotating["call_offered"]}
    assert len(rotating.subjects("phone_number")) == 8  # two of four groups had their turn


def test_the_same_hours_every_day_keep_any_day_below_the_limit() -> None:
    calls = run_scenario("new_card_burst", 1, days=6, gangs=1)["call_offered"]
    caller = min(row["caller"] for row in calls)
    moments = [row["occurred_at"] for row in calls if row["caller"] == caller]
    assert max(sum(end - DAY_MS < at <= end for at in moments) for end in moments) == 49
