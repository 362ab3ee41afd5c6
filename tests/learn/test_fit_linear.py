"""A fit learns what divides the texts, gives the same weights twice, and its probabilities mean something."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from fanzha.learn.fit_linear import class_offsets, fit, fit_outputs, fit_slope, macro_f1
from fanzha.learn.linear import View
from fanzha.models.families.text import build_views

VIEWS = (View("folded", longest=3, bits=14), View("written", longest=2, bits=12))
FRAUD = [f"加微信刷单返利第{n}单日结佣金" for n in "一二三四五六七八九十"]
PLAIN = [f"明天{n}点在公司开会请准时参加" for n in "一二三四五六七八九十"]
TEXTS = build_views(pa.array(FRAUD + PLAIN))
LABELS = np.array([1] * 10 + [0] * 10)


def test_it_learns_what_divides_the_texts() -> None:
    model = fit(VIEWS, TEXTS, LABELS, parts=1)
    shares = model.probabilities(build_views(pa.array(["刷单返利加微信", "请准时开会"])))
    assert shares[0] > 0.5 > shares[1]


def test_the_same_rows_and_seed_give_the_same_weights() -> None:
    first, second = (fit(VIEWS, TEXTS, LABELS, parts=1, seed=3) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, second.weights, strict=True))
    assert first.slope == second.slope


def test_classes_are_named_and_their_probabilities_sum_to_one() -> None:
    third = [f"您的快递到了取件码第{n}号" for n in "一二三四五六七八九十"]
    labels = np.array(["fraud"] * 10 + ["work"] * 10 + ["parcel"] * 10)
    model = fit(
        VIEWS, build_views(pa.array(FRAUD + PLAIN + third)), labels, classes=("fraud", "parcel", "work"), parts=1
    )
    shares = model.probabilities(build_views(pa.array(["快递到了取件码"])))
    assert shares.sum() == pytest.approx(1)
    assert model.classes[int(shares[0].argmax())] == "parcel"


def test_rows_without_weight_teach_nothing() -> None:
    weights = np.array([1.0] * 10 + [1e-6] * 10)
    even = fit(VIEWS, TEXTS, LABELS, parts=1)
    tilted = fit(VIEWS, TEXTS, LABELS, parts=1, row_weights=weights)
    plain = build_views(pa.array(["请准时开会"]))
    assert tilted.margins(plain)[0, 0] > even.margins(plain)[0, 0]


def test_the_slope_is_steep_where_margins_are_right_and_flat_where_they_are_not() -> None:
    margins = np.array([[1.0], [1.0], [-1.0], [-1.0]])
    right, mixed = np.array([1, 1, 0, 0]), np.array([1, 0, 0, 1])
    assert fit_slope(margins, right) > fit_slope(margins, mixed)


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


def test_outputs_learn_from_their_own_rows_and_give_margins_without_the_fold() -> None:
    fold = np.arange(20) % 5
    weights = np.ones((20, 2))
    weights[:4, 1] = 0
    fitted = fit_outputs(VIEWS, TEXTS, LABELS, weights, fold, costs=(1.0, 1.0), parts=2)
    assert fitted.linear.margins(TEXTS).shape == (20, 2)
    assert np.isnan(fitted.margins[fold >= 2, 0]).all() and not np.isnan(fitted.margins[fold < 2]).any()
    assert not np.isnan(fitted.margins[:4, 1]).any(), "rows that were left out have the margin of the whole fit"
    assert (fitted.linear.margins(TEXTS)[:, 0] > 0).tolist() == (LABELS == 1).tolist()
