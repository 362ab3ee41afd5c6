"""Each subscriber has two SIM-use facts a day, and a few change their device."""

from collections import Counter

from tests.simulate.scenario_run import run_scenario


def test_our_subscribers_attach_and_use_data_every_day() -> None:
    run = run_scenario("phones_seen")
    assert set(Counter(row["sim_card"] for row in run["sim_use"]).values()) == {2 * 3}
    assert {row["service"] for row in run["sim_use"]} == {"attach", "data"}


def test_hardly_anybody_changes_the_phone() -> None:
    used = {(row["sim_card"], row["device"]) for row in run_scenario("phones_seen", days=7)["sim_use"]}
    changed = sum(count > 1 for count in Counter(card for card, _ in used).values())
    assert 0 < changed < 25
