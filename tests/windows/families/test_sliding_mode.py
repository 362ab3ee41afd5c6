"""The most frequent values of sliding windows equal a plain count of each window."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fanzha.windows._families.sliding_mode import find_modes

Whole = NDArray[np.int64]
entries = st.lists(st.integers(0, 4), max_size=60)
edges = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=40)


def sorted_windows(pairs: list[tuple[int, int]], count: int) -> tuple[Whole, Whole]:
    """Return begins and ends that never fall, none beyond the entries, no begin behind its end."""
    begins = np.sort(np.array([min(pair[0], count) for pair in pairs], np.int64))
    ends = np.sort(np.array([min(pair[1], count) for pair in pairs], np.int64))
    return begins, np.maximum(begins, ends)


@given(entries, edges)
def test_each_window_has_its_most_frequent_value_and_of_several_the_latest(
    values: list[int], pairs: list[tuple[int, int]]
) -> None:
    begins, ends = sorted_windows(pairs, len(values))
    index, counts = find_modes(np.array(values, np.int64), begins, ends)
    for window, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
        latest = {value: at for at, value in enumerate(values) if begin <= at < end}
        ranked = sorted((count, latest[value]) for value, count in Counter(values[begin:end]).items())
        assert (counts[window], index[window]) == (ranked[-1] if ranked else (0, -1))


@pytest.mark.parametrize("kinds", [1, 3, 100_000])
def test_long_windows_over_many_entries_take_no_time_that_grows_with_their_product(kinds: int) -> None:
    values = np.random.default_rng(1).integers(0, kinds, 100_000)
    ends = np.arange(1, len(values) + 1)
    index, counts = find_modes(values, np.maximum(ends - 50_000, 0), ends)  # 3.75 thousand million pairs
    last = Counter(values[-50_000:].tolist())
    assert counts[-1] == max(last.values()) and last[values[index[-1]]] == counts[-1]
