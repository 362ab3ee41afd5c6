"""A short code is an organisation's, and told apart from a person's number."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.kinds.short_code import KIND


@pytest.mark.parametrize("raw", ["95588", "110", "1069 8009 5588", "12345"])
def test_short_codes_are_read(raw: str) -> None:
    assert KIND.normalise(raw) == raw.replace(" ", "")


@pytest.mark.parametrize("raw", ["", "13800138000", "+86 95588", "1064812345678", "01012345678"])
def test_other_numbers_are_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


def test_whose_code_it_is_and_the_range_of_a_port_are_told() -> None:
    assert {fact.name: fact.words.en for fact in KIND.describe("95588")}["service"] == "ICBC"
    facts = {fact.name: fact.words.en for fact in KIND.describe("106980095588")}
    assert (facts["number_class"], facts["port_range"]) == ("106 text port number", "nation-wide access code")


def test_a_code_of_the_plan_resembles_one_more_than_a_likely_shape() -> None:
    assert KIND.resembles("95588") > KIND.resembles("12599") > KIND.resembles("13800138000") == 0


def test_a_short_code_is_shown() -> None:
    assert KIND.mask("95588") == "95588"
