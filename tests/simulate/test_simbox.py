"""A SIM box: many cards in few devices, opened together, outgoing only; probes come back from local mobiles."""

from collections import defaultdict

import pytest
from tests.simulate.told import DAY_MS, MONDAY, tell


def cards_per_device(level: int) -> int:
    cards: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in tell("simbox", level)["sim_use"]:
        cards[row["device"], (row["occurred_at"] - MONDAY) // DAY_MS].add(row["sim_card"])
    return max(len(one) for one in cards.values())


def test_a_blunt_box_holds_eight_cards_a_device_opened_at_one_outlet() -> None:
    told = tell("simbox", gangs=1)
    assert cards_per_device(0) == 8
    assert len({row["outlet"] for row in told["registration"]}) == 1
    assert len(told["registration"]) == 24


def test_the_cards_only_call_and_nobody_calls_them() -> None:
    told = tell("simbox", gangs=1)
    numbers = told.subjects("phone_number")
    assert not numbers & {row["callee"] for row in told["call_offered"]}
    assert {row["number"] for row in told["registration"]} == numbers


def test_probes_over_its_route_arrive_from_its_cards() -> None:
    told = tell("simbox", gangs=1)
    numbers = told.subjects("phone_number")
    assert {row["received_caller"] in numbers for row in told["test_call"]} == {True}
    assert {row["received_ingress"] for row in told["test_call"]} == {"mobile"}


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_wise_box_holds_one_card_less_than_the_limit(level: int) -> None:
    assert cards_per_device(level) == 3


def test_the_wisest_answers_probes_cleanly_and_is_called_by_friends() -> None:
    told = tell("simbox", 3, gangs=1)
    assert {row["received_caller"] == row["sent_caller"] for row in told["test_call"]} == {True}
    assert told.subjects("phone_number") & {row["callee"] for row in told["call_offered"]}
