"""A pile of cards is opened in an evening for a few people, and then tries the banks."""

from tests.simulate.told import most_in_a_day, most_in_an_hour, tell


def test_an_outlet_opens_a_pile_of_cards_for_four_people() -> None:
    told = tell("cards_opened_together", gangs=1)
    opened = told["registration"]
    assert {row["outlet"] for row in opened} == told.subjects("outlet")
    assert (len(opened), most_in_an_hour(opened, "outlet"), most_in_a_day(opened, "person")) == (20, 20, 5)
    assert sorted(row["cards_before"] for row in opened) == sorted([0, 1, 2, 3, 4] * 4)


def test_all_cards_call_banks_from_one_cell() -> None:
    told = tell("cards_opened_together", gangs=1)
    assert {row["caller"] for row in told["call_offered"]} == told.subjects("phone_number")
    assert {row["callee"][:3] for row in told["call_offered"]} == {"955"}
    assert len({row["cell"] for row in told["call_offered"]}) == 1


def test_a_wise_outlet_is_slow_and_names_a_person_a_card() -> None:
    opened = tell("cards_opened_together", 1, gangs=1)["registration"]
    assert (most_in_an_hour(opened, "outlet"), most_in_a_day(opened, "person")) == (9, 1)
    spread = tell("cards_opened_together", 2, gangs=1)
    assert len(spread.subjects("outlet")) == 4
