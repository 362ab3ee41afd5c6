"""Read in the moment, a number is the same number as anywhere else."""

import pytest
from hypothesis import given
from tests.kinds._numbering.written import written_numbers

from fanzha.kinds._numbering.facts import classify
from fanzha.kinds._numbering.one import read_one, read_two
from fanzha.kinds._numbering.terms import CLASSES, REASONS, VALIDITIES


@given(written_numbers())
def test_one_number_is_what_classify_says(raw: str) -> None:
    seen, facts = read_one(raw), classify(raw)
    assert CLASSES[seen.number_class] is facts.number_class
    assert VALIDITIES[seen.validity] is facts.valid
    assert REASONS[seen.reason] is facts.reason
    assert (seen.canonical, seen.region) == (facts.canonical, facts.region)


def test_what_was_read_before_leaves_no_trace() -> None:
    long, short = read_one("+8617012345678"), read_one("110")
    assert (long.canonical, short.canonical) == ("+8617012345678", "110")
    assert read_one("+8617012345678") == long


def test_lone_surrogates_and_nothing_at_all_are_no_numbers() -> None:
    assert read_one("\ud800").canonical == read_one("").canonical == ""


@given(written_numbers(), written_numbers())
def test_two_numbers_are_what_each_is(first: str, second: str) -> None:
    assert read_two(first, second) == (read_one(first), read_one(second))


@pytest.mark.parametrize("odd", ["", "\ud800", "\udc00", "１３８", "é", "0" * 70, "+" * 66, "1\0", "+8617012345678"])
def test_what_one_of_two_is_says_nothing_of_the_other(odd: str) -> None:
    plain = "0086 170 1234 5678"
    assert read_two(odd, plain) == (read_one(odd), read_one(plain))
    assert read_two(plain, odd) == (read_one(plain), read_one(odd))
    assert read_two(odd, odd) == (read_one(odd), read_one(odd))
