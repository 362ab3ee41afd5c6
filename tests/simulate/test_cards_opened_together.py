"""Many cards are opened in one evening for a few people and then call banks."""

from tests.simulate.scenario_run import max_per_day, max_per_hour, run_scenario


def test_an_outlet_opens_a_pile_of_cards_for_four_people() -> None:
    run = run_scenario("cards_opened_together", gangs=1)
    opened = run["registration"]
    assert {row["outlet"] for row in opened} == run.subjects("outlet")
    assert (len(opened), max_per_hour(opened, "outlet"), max_per_day(opened, "person")) == (20, 20, 5)
    assert sorted(row["cards_before"] for row in opened) == sorted([0, 1, 2, 3, 4] * 4)


def test_all_cards_call_banks_from_one_cell() -> None:
    run = run_scenario("cards_opened_together", gangs=1)
    assert {row["caller"] for row in run["call_offered"]} == run.subjects("phone_number")
    assert {row["callee"][:3] for row in run["call_offered"]} == {"955"}
    assert len({row["cell"] for row in run["call_offered"]}) == 1


def test_a_wise_outlet_is_slow_and_names_a_person_a_card() -> None:
    opened = run_scenario("cards_opened_together", 1, gangs=1)["registration"]
    assert (max_per_hour(opened, "outlet"), max_per_day(opened, "person")) == (9, 1)
    spread = run_scenario("cards_opened_together", 2, gangs=1)
    assert len(spread.subjects("outlet")) == 4
