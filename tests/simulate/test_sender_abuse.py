"""A sender texts strangers at night with links to hosts registered a moment ago."""

from tests.simulate.told import DAY_MS, HOUR_MS, MONDAY, most_in_an_hour, tell


def test_a_blunt_sender_texts_hundreds_an_hour_at_night_with_a_fresh_link() -> None:
    told = tell("sender_abuse", gangs=1)
    texts, (seen, *_) = told["message"], told["site_seen"]
    assert most_in_an_hour(texts, "sender") == 800
    assert {(row["occurred_at"] - MONDAY) % DAY_MS // HOUR_MS for row in texts} == {2, 3, 4}
    assert {seen["host"] in row["text"] for row in texts} == {True}
    assert seen["occurred_at"] - seen["registered_at"] < 4 * DAY_MS


def test_a_wise_sender_is_slower_and_lets_the_host_grow_old() -> None:
    told = tell("sender_abuse", 1, gangs=1)
    assert most_in_an_hour(told["message"], "sender") == 199
    assert min(row["occurred_at"] - row["registered_at"] for row in told["site_seen"]) > 30 * DAY_MS


def test_the_wisest_takes_turns_by_day_among_honest_notices() -> None:
    told = tell("sender_abuse", 3, gangs=1)
    assert len(told.subjects("short_code")) == 4
    assert sum("http" not in row["text"] for row in told["message"]) > 0.4 * len(told["message"])
    assert min((row["occurred_at"] - MONDAY) % DAY_MS // HOUR_MS for row in told["message"]) >= 8
