"""Read in the moment, a number is the same number as anywhere else."""

from hypothesis import given
from tests.kinds._numbering.written import written_numbers

from fanzha.kinds._numbering.facts import classify
from fanzha.kinds._numbering.one import read_one
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
