"""A SIM box has many cards in few devices and outgoing calls only; test calls arrive from local mobiles."""

from collections import defaultdict

import pytest
from tests.simulate.scenario_run import DAY_MS, MONDAY, run_scenario


def count_cards_per_device(level: int) -> int:
    cards: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in run_scenario("simbox", level)["sim_use"]:
        cards[row["device"], (row["occurred_at"] - MONDAY) // DAY_MS].add(row["sim_card"])
    return max(len(device_cards) for device_cards in cards.values())


def test_a_blunt_box_holds_eight_cards_a_device_opened_at_one_outlet() -> None:
    run = run_scenario("simbox", gangs=1)
    assert count_cards_per_device(0) == 8
    assert len({row["outlet"] for row in run["registration"]}) == 1
    assert len(run["registration"]) == 24


def test_the_cards_only_call_and_nobody_calls_them() -> None:
    run = run_scenario("simbox", gangs=1)
    numbers = run.subjects("phone_number")
    assert not numbers & {row["callee"] for row in run["call_offered"]}
    assert {row["number"] for row in run["registration"]} == numbers


def test_probes_over_its_route_arrive_from_its_cards() -> None:
    run = run_scenario("simbox", gangs=1)
    numbers = run.subjects("phone_number")
    assert {row["received_caller"] in numbers for row in run["test_call"]} == {True}
    assert {row["received_ingress"] for row in run["test_call"]} == {"mobile"}


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_wise_box_holds_one_card_less_than_the_limit(level: int) -> None:
    assert count_cards_per_device(level) == 3


def test_the_wisest_answers_probes_cleanly_and_is_called_by_friends() -> None:
    run = run_scenario("simbox", 3, gangs=1)
    assert {row["received_caller"] == row["sent_caller"] for row in run["test_call"]} == {True}
    assert run.subjects("phone_number") & {row["callee"] for row in run["call_offered"]}
