"""Ids are the same for the same fact, different for different ones, and repeats are told apart in bounded memory."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fanzha.read._convert.ids import EventIdGenerator, RowRepeatCounter


def names(rows: list[tuple[str | None, ...]], *, true_ids: bool = False) -> list[object]:
    columns = [pa.array(list(column), pa.large_string()) for column in zip(*rows, strict=True)]
    return list(EventIdGenerator("test", "", "calls").generate(columns, true_ids=true_ids).to_pylist())


def test_the_same_rows_have_the_same_names() -> None:
    rows: list[tuple[str | None, ...]] = [("a", "b"), ("c", None)]
    assert names(rows) == names(rows)
    assert all(len(str(name)) == 32 for name in names(rows))


def test_parts_cannot_run_into_each_other() -> None:
    found = names([("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc"), ("a\x1fb", "c"), ("a", "\x1fbc")])
    assert len(set(found)) == 6


def test_repeats_are_facts_of_their_own_unless_the_source_has_true_ids() -> None:
    rows: list[tuple[str | None, ...]] = [("a",), ("a",), ("b",), ("a",)]
    assert len(set(names(rows))) == 4
    assert len(set(names(rows, true_ids=True))) == 2


def test_a_repeat_is_told_apart_across_batches() -> None:
    namer, column = EventIdGenerator("test"), pa.array(["a"], pa.large_string())
    first, second = (namer.generate([column], true_ids=False).to_pylist() for _ in range(2))
    assert first != second
    assert names([("a",), ("a",)])[0] != first[0], "another namespace"


@given(st.lists(st.integers(0, 30), max_size=300), st.integers(1, 50))
def test_counting_is_exact(values: list[int], step: int) -> None:
    repeats, seen, counted = RowRepeatCounter(), dict[int, int](), []
    for start in range(0, len(values), step):
        part = values[start : start + step]
        counted += repeats.count(np.array(part, np.uint64) * np.uint64(0x9E3779B97F4A7C15)).to_pylist()
    for value, before in zip(values, counted, strict=True):
        assert int(before) == seen.get(value, 0)
        seen[value] = seen.get(value, 0) + 1


def test_memory_is_bounded_by_starting_anew() -> None:
    repeats = RowRepeatCounter(max_used=1_000)
    for start in range(0, 10_000, 500):
        repeats.count(np.arange(start, start + 500, dtype=np.uint64) << np.uint64(21))
    assert len(repeats._keys) <= 4_096
