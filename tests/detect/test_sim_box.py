"""A box is told by several signs together, each of which an honest phone may show; or by our own test call."""

from typing import Any

import pytest
from tests.detect.telling import Told, rules_told, told

from fanzha.detect._rules.made_up import AT_HOME, call, calls, probe, taken
from fanzha.detect.sim_box import DETECTOR, box

NUMBER, TEST_LINE = "+8617000000069", "+8617000990000"


def numbers(findings: list[Told]) -> set[str]:
    return {one.subject for one in findings}


@pytest.mark.parametrize(("cards", "found"), [(2, 0), (3, 3)])
def test_three_cards_in_a_device_are_more_than_a_phone_has(cards: int, found: int) -> None:
    assert len(told(DETECTOR, box(cards, devices=1))) == found


@pytest.mark.parametrize(("each", "found"), [(7, 0), (8, 3)])
def test_a_card_is_judged_once_it_has_made_eight_calls(each: int, found: int) -> None:
    assert len(told(DETECTOR, box(3, devices=1, each=each))) == found


def test_cards_that_each_have_a_device_are_colleagues_in_one_office() -> None:
    assert told(DETECTOR, box(8, devices=8)) == []


def test_cards_that_take_calls_as_people_do_are_not_a_box() -> None:
    taking = [taken(f"+8617000000{n:03d}", 4, every_s=1_000, ingress="interconnect") for n in range(3)]
    assert told(DETECTOR, box(3, devices=1), *taking) == []


def test_cards_that_call_the_same_people_lack_a_sign() -> None:
    assert told(DETECTOR, box(3, devices=1, step=0)) == []


def test_a_box_that_hides_by_taking_calls_and_changing_devices_is_still_one() -> None:
    hiding = [taken(f"+8617000000{n:03d}", 1, every_s=1_000, ingress="interconnect") for n in range(6)]
    moved = box(6, devices=2, start_s=80_000, device="86002009000001")
    assert len(numbers(told(DETECTOR, box(6, devices=2, each=10), *hiding, moved))) == 6


def test_a_card_that_moves_to_a_new_phone_is_not_a_box() -> None:
    how: dict[str, Any] = {**AT_HOME, "every_s": 600, "talk_s": 60, "sim_card": "460990000009999"}
    before = calls(NUMBER, 9, **how, device="86002001000001")
    assert told(DETECTOR, before, calls(NUMBER, 9, **how, device="86002001000002", start_s=6_000)) == []


@pytest.mark.parametrize("fields", [{"arrived": False}, {"received_ingress": "interconnect"}])
def test_a_test_call_counts_when_it_arrived_from_a_phone_of_our_own(fields: dict[str, Any]) -> None:
    own = call(NUMBER, TEST_LINE, 1, **AT_HOME)
    assert rules_told(DETECTOR, [probe(NUMBER)], own) == {"sim_box_probed"}
    assert told(DETECTOR, [probe(NUMBER, **fields)], own) == []


def test_a_test_call_from_our_own_test_phone_abroad_is_as_it_was_sent() -> None:
    assert told(DETECTOR, [probe(NUMBER, sent_caller=NUMBER)], call(NUMBER, TEST_LINE, 1, **AT_HOME)) == []


def test_who_only_claims_the_number_of_a_card_does_not_bring_it_under_suspicion() -> None:
    claimed = call(NUMBER, TEST_LINE, 1, ingress="interconnect", trunk="TG-FIC-01")
    assert told(DETECTOR, [probe(NUMBER)], claimed) == []


def test_two_test_calls_are_stronger_than_one() -> None:
    probes = [probe(NUMBER), probe(NUMBER, 5)]
    (one,) = told(DETECTOR, probes[:1], call(NUMBER, TEST_LINE, 9, **AT_HOME))
    (two,) = told(DETECTOR, probes, call(NUMBER, TEST_LINE, 9, **AT_HOME))
    assert (one.score, two.score) == (0.9, 1.0)
