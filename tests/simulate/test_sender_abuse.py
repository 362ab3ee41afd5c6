"""A sender texts strangers at night with links to recently registered hosts."""

from tests.simulate.scenario_run import DAY_MS, HOUR_MS, MONDAY, max_per_hour, run_scenario


def test_a_blunt_sender_texts_hundreds_an_hour_at_night_with_a_fresh_link() -> None:
    run = run_scenario("sender_abuse", gangs=1)
    texts, (seen, *_) = run["message"], run["site_seen"]
    assert max_per_hour(texts, "sender") == 800
    assert {(row["occurred_at"] - MONDAY) % DAY_MS // HOUR_MS for row in texts} == {2, 3, 4}
    assert {seen["host"] in row["text"] for row in texts} == {True}
    assert seen["occurred_at"] - seen["registered_at"] < 4 * DAY_MS


def test_a_wise_sender_is_slower_and_lets_the_host_grow_old() -> None:
    run = run_scenario("sender_abuse", 1, gangs=1)
    assert max_per_hour(run["message"], "sender") == 199
    assert min(row["occurred_at"] - row["registered_at"] for row in run["site_seen"]) > 30 * DAY_MS


def test_the_wisest_takes_turns_by_day_among_honest_notices() -> None:
    run = run_scenario("sender_abuse", 3, gangs=1)
    assert len(run.subjects("short_code")) == 4
    assert sum("http" not in row["text"] for row in run["message"]) > 0.4 * len(run["message"])
    assert min((row["occurred_at"] - MONDAY) % DAY_MS // HOUR_MS for row in run["message"]) >= 8
