"""Entries with times are found as a plain search would find them."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fanzha.kinds.numbering.periods import FOREVER, Periods, number_keys, periods_of

ENTRY = st.tuples(st.integers(1, 3), st.integers(0, 9), st.integers(0, 12))


def plain(entries: list[tuple[int, int, int]], key: int, at: int) -> int:
    """The row with the latest beginning not after the moment, if it still holds; of equal beginnings the last row."""
    begun = [(since, row) for row, (k, since, _) in enumerate(entries) if k == key and since <= at]
    row = max(begun)[1] if begun else -1
    return row if begun and at < entries[row][2] else -1


@given(st.lists(ENTRY, max_size=12), st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 12)), max_size=8))
def test_look_up_is_that_of_a_plain_search(entries: list[tuple[int, int, int]], asked: list[tuple[int, int]]) -> None:
    columns = np.array(entries, np.int64).reshape(-1, 3)
    questions = np.array(asked, np.int64).reshape(-1, 2)
    periods = Periods(columns[:, 0], columns[:, 1], columns[:, 2])
    found = periods.at(questions[:, 0], questions[:, 1])
    assert found.tolist() == [plain(entries, key, at) for key, at in asked]


def test_no_beginning_is_always_and_no_end_is_for_ever() -> None:
    table = pa.table({"since": pa.array([None], pa.int64()), "until": pa.array([None], pa.int64())})
    periods = periods_of(np.array([7], np.int64), table, "since", "until")
    assert periods.at(np.array([7, 7, 8]), np.array([-5, FOREVER - 1, 0])).tolist() == [0, 0, -1]


def test_keys_tell_e164_from_the_same_digits_without_a_plus() -> None:
    keys = number_keys(pa.array(["+86110", "86110", "110", "0110", None, "x", "1" * 25], pa.string()))
    assert len(set(keys[:3].tolist())) == 3
    assert len(set(keys[4:].tolist())) == 1
    periods = Periods(keys[4:], np.zeros(3, np.int64), np.full(3, 9, np.int64))
    assert periods.at(keys, np.ones(7, np.int64)).tolist() == [-1] * 7
