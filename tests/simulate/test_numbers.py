"""Made-up numbers are of the class they pretend, in their canonical form, and nobody's."""

from typing import Any

import numpy as np
import pytest

from fanzha.kinds import all_kinds
from fanzha.kinds.phone_number import classify_many
from fanzha.simulate import _numbers as numbers
from fanzha.simulate._directory import Directory
from fanzha.simulate._draw import Whole, stream
from fanzha.simulate._render import digits, phones

GIVEN = Directory(numbers.MobileRange.for_people(5_000), 1)


@pytest.mark.parametrize(
    ("lines", "number_class"),
    [
        (GIVEN.mobiles(2_000), "mobile"), (GIVEN.fixed(2_000), "fixed"), (GIVEN.iot(500), "iot"),
        (GIVEN.hotlines(500), "service_400"), (GIVEN.centres(100), "service"), (GIVEN.senders(500), "port_sms"),
        (numbers.foreign(stream(1), 2_000), "foreign"), (numbers.premium(stream(1), 500), "foreign"),
        (numbers.BANKS, "service"), (numbers.CARRIERS, "service"),
    ],
)  # fmt: skip
def test_numbers_are_canonical_and_of_their_class(lines: Whole, number_class: str) -> None:
    written: Any = phones(lines)
    facts = classify_many(written)
    assert facts["number_class"].unique().to_pylist() == [number_class]
    assert facts["valid"].unique().to_pylist() == ["yes"]
    assert facts["canonical"].to_pylist() == written.to_pylist()


def test_mobile_numbers_are_of_no_listed_range_and_different() -> None:
    lines = numbers.MobileRange.for_people(20_000).numbers(0, 40_000)
    assert np.unique(lines).size == lines.size
    assert {name for name in classify_many(phones(lines))["province"].unique().to_pylist() if name} == set()


@pytest.mark.parametrize("people", [1, 999, 25_000, 5_000_000])
def test_a_range_has_room_for_all_and_half_of_it_is_empty(people: int) -> None:
    range_ = numbers.MobileRange.for_people(people)
    assert people < range_.slots <= numbers.MOBILE_ROOM
    assert np.unique(range_.numbers(0, min(people, 100_000))).size == min(people, 100_000)


def test_cards_and_devices_are_well_formed() -> None:
    for card in digits(GIVEN.sim_cards(50)).to_pylist():
        assert all_kinds()["sim_card"].normalise(card) == card
    for kind in (1, 2, 3):
        for device in digits(GIVEN.devices(100, kind)).to_pylist():
            assert all_kinds()["device"].normalise(device) == device
            assert all_kinds()["device"].describe(device)[2].value is True
