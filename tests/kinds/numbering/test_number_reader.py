"""Read in the moment, a number is the same number as anywhere else."""

import pytest
from hypothesis import given
from tests.kinds.numbering.written import written_numbers

from fanzha.kinds.numbering.facts import classify
from fanzha.kinds.numbering.number_reader import read_number, read_number_pair
from fanzha.kinds.numbering.terms import CLASSES, REASONS, VALIDITIES


@given(written_numbers())
def test_one_number_is_what_classify_says(raw: str) -> None:
    seen, facts = read_number(raw), classify(raw)
    assert CLASSES[seen.number_class] is facts.number_class
    assert VALIDITIES[seen.validity] is facts.valid
    assert REASONS[seen.reason] is facts.reason
    assert (seen.canonical, seen.region) == (facts.canonical, facts.region)


def test_what_was_read_before_leaves_no_trace() -> None:
    long, short = read_number("+8617012345678"), read_number("110")
    assert (long.canonical, short.canonical) == ("+8617012345678", "110")
    assert read_number("+8617012345678") == long


def test_lone_surrogates_and_nothing_at_all_are_no_numbers() -> None:
    assert read_number("\ud800").canonical == read_number("").canonical == ""


@given(written_numbers(), written_numbers())
def test_two_numbers_are_what_each_is(first: str, second: str) -> None:
    alone = read_number(first), read_number(second)  # before: the pair read last is remembered
    assert read_number_pair(first, second) == alone


@pytest.mark.parametrize("odd", ["", "\ud800", "\udc00", "１３８", "é", "0" * 70, "+" * 66, "1\0", "+8617012345678"])
def test_what_one_of_two_is_says_nothing_of_the_other(odd: str) -> None:
    plain = "0086 170 1234 5678"
    alone = read_number(odd), read_number(plain)
    assert read_number_pair(odd, plain) == alone
    assert read_number_pair(plain, odd) == alone[::-1]
    assert read_number_pair(odd, odd) == (alone[0], alone[0])


def test_a_number_of_the_pair_read_last_is_read_the_same_alone() -> None:
    texts = ["+8613812345678", "95588", "", "0086 10 12345678", "+12125550100", "abc", "＋8613812345678", "110"]
    alone = {text: read_number(text) for text in texts}
    for first in texts:
        for second in texts:
            assert read_number_pair(first, second) == (alone[first], alone[second])
            assert [read_number(text) for text in (second, first, "10086")] == [
                alone[second],
                alone[first],
                read_number("10086"),
            ]
