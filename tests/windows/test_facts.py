"""A stretch of facts is as long as its moments; unknown is a number that no value can be."""

import numpy as np

from fanzha.windows.facts import MOST_EXACT_MS, UNKNOWN, FactBatch


def test_a_stretch_is_as_long_as_its_moments() -> None:
    assert len(FactBatch(np.ones(3, np.int16), np.arange(3), {})) == 3


def test_unknown_is_the_least_whole_number_of_64_bits() -> None:
    assert np.int64(UNKNOWN) == np.iinfo(np.int64).min
    assert -np.int64(UNKNOWN + 1) == np.iinfo(np.int64).max


def test_spans_are_exact_up_to_one_day() -> None:
    assert MOST_EXACT_MS == 24 * 3_600_000
