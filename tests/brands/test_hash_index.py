"""Codes name strings, with letters left out too, and an index finds every value stored under a code."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fanzha.brands import _hash_index as hashing
from fanzha.brands._name_index import pack_rows

NAMES = st.lists(st.text("abcdefgh", min_size=3, max_size=14), min_size=1, max_size=20, unique=True)
POWERS = hashing.powers()


def code_of(name: str) -> int:
    return int(hashing.row_codes(*pack_rows([name]))[0])


@given(NAMES)
def test_index_finds_each_name_and_no_other(names: list[str]) -> None:
    text, starts = pack_rows(names)
    codes = hashing.row_codes(text, starts)
    slots = hashing.build(codes, np.arange(len(names), dtype=np.int32))
    marks = hashing.bits(codes)
    for row, code in enumerate(codes):
        assert hashing.value(slots, hashing.find(slots, code, -1)) == row
        assert hashing.may_hold(marks, code)
    absent = hashing.row_codes(*pack_rows(["zzzz"]))[0]
    assert hashing.find(slots, absent, -1) == -1


@given(st.text("abcdefgh", min_size=3, max_size=14), st.data())
def test_codes_with_letters_left_out_are_those_of_the_shorter_names(name: str, data: st.DataObject) -> None:
    text, _ = pack_rows([name])
    prefix = np.zeros(300, dtype=np.uint64)
    hashing.prefix_codes(text, 0, len(name), prefix)
    right = data.draw(st.integers(1, len(name) - 1))
    left = data.draw(st.integers(0, right - 1))
    one = name[:left] + name[left + 1 :]
    two = name[:left] + name[left + 1 : right] + name[right + 1 :]
    assert int(hashing.without(prefix, POWERS, len(name), left)) == code_of(one)
    assert int(hashing.without_two(prefix, POWERS, len(name), left, right)) == code_of(two)
    assert int(hashing.part(prefix, POWERS, left, right)) == code_of(name[left:right])


def test_neighbours_are_left_out_of_short_names() -> None:
    codes, rows = hashing.neighbour_codes(*pack_rows(["abc", "abcde", "abcdefghijkl"]), POWERS, 5, 12)
    assert (rows == 0).sum() == 0
    assert (rows == 1).sum() == 1 + 5
    assert (rows == 2).sum() == 1 + 12 + 12 * 11 // 2
    assert code_of("abde") in {int(code) for code in codes}
