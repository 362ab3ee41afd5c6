"""Whole numbers and picks become Arrow columns of the declared type."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fanzha.events import all_events
from fanzha.simulate._render import Pick, column, digits, names, phones

OFFERED = all_events()["call_offered"]


@given(st.lists(st.integers(-(10**17), 10**17)))
def test_numbers_are_written_with_plus_without_or_not_at_all(lines: list[int]) -> None:
    expected = [None if n == 0 else f"+{n}" if n > 0 else str(-n) for n in lines]
    assert phones(np.array(lines, np.int64)).to_pylist() == expected


@given(st.lists(st.integers(0, (1 << 64) - 1)))
def test_keys_are_sixteen_hexadecimal_digits(keys: list[int]) -> None:
    assert names(np.array(keys, np.uint64), b"-o").to_pylist() == [f"{key:016x}-o" for key in keys]


def test_cards_are_bare_digits_and_nothing_is_null() -> None:
    assert digits(np.array([460990000000001, 0])).to_pylist() == ["460990000000001", None]


def test_every_sort_of_value_becomes_a_column_of_the_declared_type() -> None:
    caller, device, ingress = (OFFERED.column(name) for name in ("caller", "device", "ingress"))
    assert column(caller, None, 2).null_count == 2
    assert column(caller, np.array([-110, 8610]), 2).to_pylist() == ["110", "+8610"]
    assert column(device, 860000000000001, 2).to_pylist() == ["860000000000001"] * 2
    assert column(ingress, "mobile", 2).to_pylist() == ["mobile"] * 2
    assert column(ingress, Pick(("mobile", None), np.array([1, 0])), 2).to_pylist() == [None, "mobile"]
    ended = all_events()["call_ended"]
    assert column(ended.column("talk_ms"), 5, 1).type == pa.int64()
    assert column(ended.column("answered"), True, 3).to_pylist() == [True] * 3


def test_a_pick_can_be_cut() -> None:
    cut = Pick(("a", "b"), np.array([0, 1, 1])).where(np.array([True, False, True]))
    assert (tuple(cut.words), cut.places.tolist()) == (("a", "b"), [0, 1])
