"""Plain digits are numbers; what Python alone takes for digits, and what no database can hold, is none."""

import pytest

from fanzha.base.whole_numbers import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_plain_digits_are_numbers(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "²", "１", "٣", "-1", "+1", " 1", "1.0", "9" * 19, "1" * 5_000, "1\0"])
def test_everything_else_is_none(text: str) -> None:
    assert whole_number(text) is None
