"""Two cards in one phone, both used by one person."""

from collections import defaultdict

from tests.simulate.told import tell


def test_every_phone_holds_two_cards_at_one_cell() -> None:
    told = tell("dual_sim_phones")
    cards: dict[str, set[str]] = defaultdict(set)
    cells: dict[str, set[str]] = defaultdict(set)
    for row in told["sim_use"]:
        cards[row["device"]].add(row["sim_card"])
        cells[row["device"]].add(row["cell"])
    assert {len(one) for one in cards.values()} == {2}
    assert {len(one) for one in cells.values()} == {1}
    assert len(told.subjects("device")) == len(cards)
