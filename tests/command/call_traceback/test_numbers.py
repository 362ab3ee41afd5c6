"""Numbers are masked, also what is no number."""

import pytest

from fanzha.command.call_traceback.numbers import mask_caller, mask_number


@pytest.mark.parametrize("value", ["+8617000000001", "17000000001", "sip:17000000001@a.example"])
def test_the_middle_of_a_number_is_hidden(value: str) -> None:
    assert "17000000001" not in mask_caller(value) and "•" in mask_caller(value)


def test_what_stands_in_place_of_a_number_is_shown() -> None:
    assert mask_caller("anonymous") == "anonymous" and mask_caller("") == "" and mask_number("") == ""
