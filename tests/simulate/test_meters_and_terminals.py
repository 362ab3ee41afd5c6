"""Meters send a little data and make no calls."""

from collections import Counter

from tests.simulate.scenario_run import run_scenario


def test_many_cards_share_a_cell_and_send_a_little_data_only() -> None:
    run = run_scenario("meters_and_terminals")
    used = run["sim_use"]
    assert not run["call_offered"] and not run["message"]
    assert {row["service"] for row in used} == {"data"}
    assert max(row["data_kb"] for row in used) < 200
    cards = {(row["cell"], row["sim_card"]) for row in used}
    assert max(Counter(cell for cell, _ in cards).values()) >= 20
    assert len({(row["sim_card"], row["device"]) for row in used}) == len(run.subjects("sim_card"))
