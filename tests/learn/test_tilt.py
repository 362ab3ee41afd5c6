"""Offsets let a rare class be named, and never make held-out rows worse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from fanzha.learn.tilt import class_offsets, macro_f1


def test_a_rare_class_that_stays_just_below_is_named() -> None:
    common, rare = [0.1, -0.1], [0.1, 0.0]
    margins = np.array([common] * 20 + [rare] * 4)
    wanted = np.array([0] * 20 + [1] * 4)
    assert set(margins.argmax(axis=1)) == {0}
    offsets = class_offsets(margins, wanted)
    assert macro_f1((margins + offsets).argmax(axis=1), wanted) == 1.0


def test_margins_that_are_right_stay_as_they_are() -> None:
    margins = np.array([[1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]])
    assert class_offsets(margins, np.arange(3)).tolist() == [0.0, 0.0, 0.0]


def test_without_held_out_rows_there_are_no_offsets() -> None:
    assert class_offsets(np.empty((0, 2)), np.empty(0, np.int64)).tolist() == [0.0, 0.0]


@given(st.integers(0, 1_000))
def test_offsets_never_lower_the_figure_they_are_sought_for(seed: int) -> None:
    draw = np.random.default_rng(seed)
    margins, wanted = draw.normal(size=(30, 4)), draw.integers(0, 4, 30)
    before = macro_f1(margins.argmax(axis=1), wanted)
    assert macro_f1((margins + class_offsets(margins, wanted)).argmax(axis=1), wanted) >= before


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_the_figure_is_the_macro_f1_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    named, wanted = np.array(pairs).T
    assert macro_f1(named, wanted) == pytest.approx(f1_score(wanted, named, average="macro"))
