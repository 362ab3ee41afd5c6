"""A filter of keys never misses a key, and never counts one too low."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fanzha.windows.facts import UNKNOWN
from fanzha.windows.key_filters import MOST, KeyCounts, KeySet

parts = st.integers(-3, 3) | st.just(UNKNOWN)
keys = st.lists(st.tuples(parts, parts), max_size=60)


def columns(pairs: list[tuple[int, int]]) -> NDArray[np.int64]:
    return np.array(pairs, np.int64).reshape(-1, 2).T.copy()


def is_known(key: tuple[int, int]) -> bool:
    return UNKNOWN not in key


@given(keys, keys)
def test_a_count_is_never_too_low_and_an_unknown_key_is_none(
    first: list[tuple[int, int]], then: list[tuple[int, int]]
) -> None:
    counts = KeyCounts(seed=7)
    counts.add(columns(first))
    again = KeyCounts(seed=7, slots=counts.slots.tobytes(), counted=counts.counted)
    again.add(columns(then))
    read = again.read(columns(first + then)).tolist()
    true_counts = Counter(key for key in first + then if is_known(key))
    for key, count in zip(first + then, read, strict=True):
        assert count >= true_counts[key] if is_known(key) else count == 0


def test_a_count_that_reaches_its_limit_may_be_any_number() -> None:
    counts = KeyCounts()
    counts.add(columns([(1, 2)] * (MOST - 1)))
    assert counts.read(columns([(1, 2)])).tolist() == [MOST - 1]
    counts.add(columns([(1, 2)] * 1_000))
    assert counts.read(columns([(1, 2)])).tolist() == [np.inf]


def test_what_was_added_is_found_after_the_tables_have_grown() -> None:
    many = np.arange(3_000_000, dtype=np.int64).reshape(1, -1)
    keys_added, counts = KeySet(seed=1), KeyCounts(seed=1)
    for begin in range(0, many.shape[1], 500_000):
        keys_added.add(many[:, begin : begin + 500_000])
        counts.add(many[:, begin : begin + 500_000])
    assert keys_added.contains(many).all()
    assert counts.read(many).min() >= 1
    assert keys_added.contains(many + (1 << 40)).mean() < 0.01
    assert len(keys_added) > 0.99 * many.shape[1]
    assert (counts.read(many) <= 2).mean() > 0.5


@given(keys, keys)
def test_a_set_finds_all_its_keys(added: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    found = KeySet()
    found.add(columns(added))
    for key, contained in zip(added + others, found.contains(columns(added + others)).tolist(), strict=True):
        assert contained if key in added and is_known(key) else is_known(key) or not contained
