"""Legitimate senders text codes at any hour, and bursts of bills with links to old hosts."""

from tests.simulate.scenario_run import DAY_MS, HOUR_MS, MONDAY, max_per_hour, run_scenario


def test_codes_come_at_any_hour_and_bills_in_a_burst() -> None:
    run = run_scenario("bank_and_post_texts")
    texts = run["message"]
    assert {row["sender"] for row in texts} == run.subjects("short_code")
    codes = {(row["occurred_at"] - MONDAY) % DAY_MS // HOUR_MS for row in texts if "验证码" in row["text"]}
    assert codes == set(range(24))
    assert max_per_hour([row for row in texts if "http" in row["text"]], "sender") > 100


def test_their_hosts_are_years_old() -> None:
    seen = run_scenario("bank_and_post_texts")["site_seen"]
    assert min(row["occurred_at"] - row["registered_at"] for row in seen) > 3_000 * DAY_MS
