"""Integers and categorical values become Arrow columns of the declared type."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fanzha.events import all_events
from fanzha.simulate._columns import Categorical, build_column, format_digits, format_keys, format_phone_numbers

OFFERED = all_events()["call_offered"]


@given(st.lists(st.integers(-(10**17), 10**17)))
def test_numbers_are_written_with_plus_without_or_not_at_all(lines: list[int]) -> None:
    expected = [None if n == 0 else f"+{n}" if n > 0 else str(-n) for n in lines]
    assert format_phone_numbers(np.array(lines, np.int64)).to_pylist() == expected


@given(st.lists(st.integers(0, (1 << 64) - 1)))
def test_keys_are_sixteen_hexadecimal_digits(keys: list[int]) -> None:
    assert format_keys(np.array(keys, np.uint64), b"-o").to_pylist() == [f"{key:016x}-o" for key in keys]


def test_cards_are_bare_digits_and_nothing_is_null() -> None:
    assert format_digits(np.array([460990000000001, 0])).to_pylist() == ["460990000000001", None]


def test_every_sort_of_value_becomes_a_column_of_the_declared_type() -> None:
    caller, device, ingress = (OFFERED.column(name) for name in ("caller", "device", "ingress"))
    assert build_column(caller, None, 2).null_count == 2
    assert build_column(caller, np.array([-110, 8610]), 2).to_pylist() == ["110", "+8610"]
    assert build_column(device, 860000000000001, 2).to_pylist() == ["860000000000001"] * 2
    assert build_column(ingress, "mobile", 2).to_pylist() == ["mobile"] * 2
    assert build_column(ingress, Categorical(("mobile", None), np.array([1, 0])), 2).to_pylist() == [None, "mobile"]
    ended = all_events()["call_ended"]
    assert build_column(ended.column("talk_ms"), 5, 1).type == pa.int64()
    assert build_column(ended.column("answered"), True, 3).to_pylist() == [True] * 3


def test_a_pick_can_be_cut() -> None:
    filtered = Categorical(("a", "b"), np.array([0, 1, 1])).filter(np.array([True, False, True]))
    assert (tuple(filtered.categories), filtered.codes.tolist()) == (("a", "b"), [0, 1])
