"""Each device holds two cards at one cell."""

from collections import defaultdict

from tests.simulate.scenario_run import run_scenario


def test_every_phone_holds_two_cards_at_one_cell() -> None:
    run = run_scenario("dual_sim_phones")
    cards: dict[str, set[str]] = defaultdict(set)
    cells: dict[str, set[str]] = defaultdict(set)
    for row in run["sim_use"]:
        cards[row["device"]].add(row["sim_card"])
        cells[row["device"]].add(row["cell"])
    assert {len(values) for values in cards.values()} == {2}
    assert {len(values) for values in cells.values()} == {1}
    assert len(run.subjects("device")) == len(cards)
