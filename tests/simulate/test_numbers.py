"""Fictitious numbers are canonical, belong to the intended class, and are unassigned."""

from typing import Any

import numpy as np
import pytest

from fanzha.kinds import all_kinds
from fanzha.kinds.phone_number import classify_many
from fanzha.simulate import _numbers as numbers
from fanzha.simulate._columns import format_digits, format_phone_numbers
from fanzha.simulate._directory import Directory
from fanzha.simulate._random import IntArray, create_generator

DIRECTORY = Directory(numbers.MobileRange.for_people(5_000), 1)


@pytest.mark.parametrize(
    ("lines", "number_class"),
    [
        (DIRECTORY.mobiles(2_000), "mobile"),
        (DIRECTORY.fixed(2_000), "fixed"),
        (DIRECTORY.iot(500), "iot"),
        (DIRECTORY.hotlines(500), "service_400"),
        (DIRECTORY.centres(100), "service"),
        (DIRECTORY.senders(500), "port_sms"),
        (numbers.draw_foreign_numbers(create_generator(1), 2_000), "foreign"),
        (numbers.draw_premium_numbers(create_generator(1), 500), "foreign"),
        (numbers.BANKS, "service"),
        (numbers.CARRIERS, "service"),
    ],
)
def test_numbers_are_canonical_and_of_their_class(lines: IntArray, number_class: str) -> None:
    texts: Any = format_phone_numbers(lines)
    facts = classify_many(texts)
    assert facts["number_class"].unique().to_pylist() == [number_class]
    assert facts["valid"].unique().to_pylist() == ["yes"]
    assert facts["canonical"].to_pylist() == texts.to_pylist()


def test_mobile_numbers_are_of_no_listed_range_and_different() -> None:
    lines = numbers.MobileRange.for_people(20_000).numbers(0, 40_000)
    assert np.unique(lines).size == lines.size
    assert {
        name for name in classify_many(format_phone_numbers(lines))["province"].unique().to_pylist() if name
    } == set()


@pytest.mark.parametrize("people", [1, 999, 25_000, 5_000_000])
def test_a_range_has_room_for_all_and_half_of_it_is_empty(people: int) -> None:
    range_ = numbers.MobileRange.for_people(people)
    assert people < range_.slots <= numbers.MOBILE_ROOM
    assert np.unique(range_.numbers(0, min(people, 100_000))).size == min(people, 100_000)


def test_cards_and_devices_are_well_formed() -> None:
    for card in format_digits(DIRECTORY.sim_cards(50)).to_pylist():
        assert all_kinds()["sim_card"].normalise(card) == card
    for kind in (1, 2, 3):
        for device in format_digits(DIRECTORY.devices(100, kind)).to_pylist():
            assert all_kinds()["device"].normalise(device) == device
            assert all_kinds()["device"].describe(device)[2].value is True
