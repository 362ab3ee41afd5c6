"""Meters send a little data from where they are, and never call."""

from collections import Counter

from tests.simulate.told import tell


def test_many_cards_share_a_cell_and_send_a_little_data_only() -> None:
    told = tell("meters_and_terminals")
    used = told["sim_use"]
    assert not told["call_offered"] and not told["message"]
    assert {row["service"] for row in used} == {"data"}
    assert max(row["data_kb"] for row in used) < 200
    cards = {(row["cell"], row["sim_card"]) for row in used}
    assert max(Counter(cell for cell, _ in cards).values()) >= 20
    assert len({(row["sim_card"], row["device"]) for row in used}) == len(told.subjects("sim_card"))
